"""Frames of a video file to another process; with a pipe it would have written to standard output."""
import sys

import aeroframe
import cv2

video = cv2.VideoCapture(sys.argv[1])
with aeroframe.publish("pipe", encoding="jpeg", lossless=True) as out:
    out.wait_for_subscriber()
    while video.grab():
        out.send(video.retrieve()[1])
