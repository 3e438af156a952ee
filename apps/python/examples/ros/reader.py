"""A loop in place of a callback; ``async for`` works as well."""
import asyncio

import aeroframe


async def detect():
    async for frame in aeroframe.subscribe("camera/image_raw"):
        print(frame.capture_time_ns, frame.metadata.decode(), round(frame.image.mean()))


asyncio.run(detect())
