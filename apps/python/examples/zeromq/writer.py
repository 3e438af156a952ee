"""JPEG frames to any number of hosts; with ZeroMQ it would have been a PUB socket. ``ipc`` is this host."""
import sys

import aeroframe
import cv2

video = cv2.VideoCapture(sys.argv[1])
with aeroframe.publish("camera", channel=sys.argv[2], encoding="jpeg", quality=80) as out:
    out.wait_for_subscriber()
    while video.grab():
        out.send(video.retrieve()[1], metadata=b"cam1")
