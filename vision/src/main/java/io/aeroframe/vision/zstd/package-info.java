/** The Zstandard codec, for frames that must arrive bit by bit as they were. */
package io.aeroframe.vision.zstd;
