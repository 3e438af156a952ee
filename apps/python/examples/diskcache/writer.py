"""Every frame, none lost: sending waits for the reader. With diskcache it would have been a push to a Deque."""
import sys

import aeroframe
import cv2

video = cv2.VideoCapture(sys.argv[1])
with aeroframe.publish("queue", lossless=True, slots=32) as out:
    out.wait_for_subscriber()
    while video.grab():
        out.send(video.retrieve()[1])
