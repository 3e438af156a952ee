"""Stamped frames with the name of their coordinates; with ROS it would have been a node and a topic."""
import sys
import time

import aeroframe
import cv2

video = cv2.VideoCapture(sys.argv[1])
with aeroframe.publish("camera/image_raw") as out:
    out.wait_for_subscriber()
    while video.grab():
        out.send(video.retrieve()[1], capture_time_ns=time.time_ns(), metadata=b"camera_optical_frame")
