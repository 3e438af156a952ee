"""diskcache: one pushes, the other pulls. The header travels as the item's tag, so that the frame stays bytes."""

import time

import diskcache

from harness import Reader, Run, tell, write

IDLE_S = 0.0005  # a pull takes the database's lock: one that is repeated without a pause keeps the writer out


def writer(run):
    with diskcache.Cache(run.path("cache")) as cache:

        def send(stamp, number, payload):
            cache.push(payload.tobytes(), tag=f"{stamp} {number}")

        return write(run, send)


def reader(run):
    with diskcache.Cache(run.path("cache")) as cache:

        def receive():
            (key, payload), tag = cache.pull(tag=True)
            if key is None:
                time.sleep(IDLE_S)
                return None
            stamp, number = map(int, tag.split())
            return stamp, number, payload

        return Reader(run).read(receive)


if __name__ == "__main__":
    run = Run()
    tell(*(writer(run) if run.role == "writer" else reader(run)))
