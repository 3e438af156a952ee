/** Standard input and standard output: length-prefixed pictures, bare JPEG images, raw video and YUV4MPEG2. */
package io.aeroframe.apps.bridge.pipe;
