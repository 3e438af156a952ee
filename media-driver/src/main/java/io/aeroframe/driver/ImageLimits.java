package io.aeroframe.driver;

/**
 * What a peer can make the driver allocate for what it sends.
 *
 * @param maxTermLength       bytes of a term; an image takes three of them.
 * @param maxImagesPerChannel images of one channel at a time.
 * @param maxImageBytes       bytes of all images of the driver.
 */
record ImageLimits(int maxTermLength, int maxImagesPerChannel, long maxImageBytes) {}
