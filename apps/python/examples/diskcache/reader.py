"""Frames to be kept for a while; with diskcache it would have polled the Deque."""
import aeroframe

with aeroframe.subscribe("queue") as camera:
    window = []
    for frame in camera:
        window = [*window[-2:], frame.keep()]
        print([kept.sequence for kept in window], round(sum(kept.image.mean() for kept in window)))
