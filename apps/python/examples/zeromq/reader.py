"""The newest frame: lag cannot grow. With ZeroMQ it would have been a SUB socket, and a queue."""
import sys

import aeroframe

with aeroframe.subscribe("camera", channel=sys.argv[1], latest=True) as camera:
    for frame in camera:
        print(frame.metadata.decode(), frame.image.shape, f"{frame.age_ms:.0f} ms old")
