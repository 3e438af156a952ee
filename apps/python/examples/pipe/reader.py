"""Every frame, in order; with a pipe it would have read lengths and bytes from standard input."""
import aeroframe

with aeroframe.subscribe("pipe") as camera:
    for frame in camera:
        print(frame.sequence, frame.image.shape, round(frame.image.mean()))
