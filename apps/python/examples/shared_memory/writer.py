"""A video file decoded in place, where readers see it; with shared_memory a reader may see half a frame."""
import sys

import aeroframe
import cv2

video = cv2.VideoCapture(sys.argv[1])
shape = (int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)), int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), 3)
with aeroframe.publish("frame_buffer") as out:
    out.wait_for_subscriber(shape=shape)
    while video.grab():
        with out.claim(shape) as pixels:
            video.retrieve(pixels)
