/** ZeroMQ: images in PUB/SUB messages, and imagezmq's messages. */
package io.aeroframe.apps.bridge.zmq;
