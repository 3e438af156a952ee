"""The newest frame, as OpenCV reads a camera; with shared_memory it would have polled, and copied."""
import aeroframe

video = aeroframe.VideoCapture("frame_buffer")
while video.isOpened():
    ok, image = video.read()
    if ok:
        print(image.shape, round(image.mean()))
