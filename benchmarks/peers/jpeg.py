"""Measures how long cv2 takes to encode and decode one picture as JPEG.

Prints OpenCV's version and the two medians in microseconds.
"""

import os
import statistics
import sys
import time

import cv2
import numpy as np


def median_us(seconds, step):
    times = []
    end_ns = time.monotonic_ns() + int(seconds * 1e9)
    while not times or time.monotonic_ns() < end_ns:
        start_ns = time.monotonic_ns()
        step()
        times.append(time.monotonic_ns() - start_ns)
    return statistics.median(times) / 1e3


def main():
    directory, width, height, quality, seconds = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5])
    picture = np.fromfile(os.path.join(directory, "picture.bgr"), np.uint8).reshape(height, width, 3)
    jpeg = np.fromfile(os.path.join(directory, "picture.jpg"), np.uint8)
    parameters = [cv2.IMWRITE_JPEG_QUALITY, quality]

    def encode():
        cv2.imencode(".jpg", picture, parameters)

    def decode():
        cv2.imdecode(jpeg, cv2.IMREAD_COLOR)

    median_us(min(0.3, seconds / 4), encode)
    median_us(min(0.3, seconds / 4), decode)
    print(cv2.__version__, median_us(seconds / 2, encode), median_us(seconds / 2, decode))


main()
