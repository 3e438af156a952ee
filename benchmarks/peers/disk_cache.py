"""diskcache: one process pushes frames, the other pulls them.

The header is the tag of an item, so that the frame stays bytes.
"""

import time

import diskcache

from harness import Reader, Run, send_report, write

IDLE_S = 0.0005  # a pull locks the database: without pauses it would keep the writer out


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
    send_report(*(writer(run) if run.role == "writer" else reader(run)))
