"""ZeroMQ PUB/SUB: frames as bytes without a copy, or JPEG frames in base64."""

import base64

import zmq

from harness import HEADER, Reader, Run, send_report, write


def address(run):
    return "ipc://" + run.path("socket")


def writer(run):
    with zmq.Context() as context, context.socket(zmq.PUB) as socket:
        if run.is_flat_out:
            socket.setsockopt(zmq.XPUB_NODROP, 1)  # or most frames would be dropped
        socket.bind(address(run))

        def send(stamp, number, payload):
            header = HEADER.pack(stamp, number)
            if run.base64:
                socket.send_multipart([header, base64.b64encode(payload)])
            else:
                socket.send_multipart([header, payload], copy=False)

        return write(run, send)


def reader(run):
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.setsockopt(zmq.RCVTIMEO, 100)
        socket.subscribe(b"")
        socket.connect(address(run))

        def receive():
            try:
                header, payload = socket.recv_multipart(copy=False)
            except zmq.Again:
                return None
            if run.base64:
                payload = base64.b64decode(payload.buffer)
            return *HEADER.unpack(header.buffer), payload

        return Reader(run).read(receive)


if __name__ == "__main__":
    run = Run()
    send_report(*(writer(run) if run.role == "writer" else reader(run)))
