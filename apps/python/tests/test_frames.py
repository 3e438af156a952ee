"""Frames that are sent and received in this process."""

import gc
import itertools
import logging
import os
import threading
import time

import numpy as np
import pytest

import aeroframe
from conftest import free_port, until

RANDOM = np.random.default_rng(1)

SHAPES = {
    "gray8": (47, 63),
    "bgr24": (47, 63, 3),
    "rgb24": (47, 63, 3),
    "bgra32": (47, 63, 4),
    "yuyv": (48, 64, 2),
}


def picture(name, number=0):
    if name == "gray16":
        return RANDOM.integers(0, 65536, (47, 63), np.uint16)
    if name == "nv12":
        return RANDOM.integers(0, 256, (47, 63), np.uint8), RANDOM.integers(0, 256, (24, 32, 2), np.uint8)
    if name == "i420":
        return tuple(RANDOM.integers(0, 256, shape, np.uint8) for shape in ((47, 63), (24, 32), (24, 32)))
    return RANDOM.integers(0, 256, SHAPES[name], np.uint8)


def are_equal(one, other):
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(are_equal, one, other))
    return one.dtype == other.dtype and one.shape == other.shape and bool((one == other).all())


@pytest.mark.parametrize("channel", ["ipc", "aeron:ipc?pool=off"])
@pytest.mark.parametrize("name", [*SHAPES, "gray16", "nv12", "i420"])
def test_every_pixel_format_arrives_as_it_was(connected, name, channel):
    out, camera = connected({"format": name, "channel": channel}, {"channel": channel})
    for number in range(20):
        sent = picture(name)
        assert out.send(sent, capture_time_ns=1000 + number, metadata=b"lens %d" % number)
        frame = camera.read(10)
        assert are_equal(frame.image, sent)
        assert (frame.sequence, frame.capture_time_ns, frame.metadata) == (number, 1000 + number, b"lens %d" % number)
        assert (frame.format, frame.encoding, frame.width, frame.height) == (name, "raw", *_size(sent))
        assert frame.is_shared == (channel == "ipc")
    assert out.ledger.sent == camera.ledger.received == 20


def _size(image):
    first = image[0] if isinstance(image, tuple) else image
    return first.shape[1], first.shape[0]


def test_formats_are_recognized_by_their_arrays(connected):
    out, camera = connected()
    for name in ("gray8", "bgr24", "bgra32", "gray16", "nv12", "i420", "yuyv"):
        sent = picture(name)
        assert out.send(sent)
        frame = camera.read(10)
        assert frame.format == name
        assert are_equal(frame.image, sent)


def test_planes_in_one_array_as_opencv_has_them(connected):
    out, camera = connected({"format": "i420"})
    planes = RANDOM.integers(0, 256, (72, 64), np.uint8)
    assert out.send(planes)
    luma, blue, red = camera.read(10).image
    assert (luma == planes[:48]).all()
    assert (np.concatenate([blue.reshape(-1), red.reshape(-1)]) == planes[48:].reshape(-1)).all()


@pytest.mark.parametrize(
    "view",
    [
        lambda a: a[::-1],
        lambda a: a[:, ::2],
        lambda a: a[5:40, 7:50],
        lambda a: a.transpose(1, 0, 2),
        lambda a: a[..., ::-1],
    ],
)
@pytest.mark.parametrize("encoding", ["raw", "jpeg"])
def test_arrays_of_any_strides_are_sent(connected, view, encoding):
    out, camera = connected({"encoding": encoding, "quality": 100})
    smooth = np.add.outer(np.arange(48), np.arange(64)).astype(np.uint8)
    sent = view(np.stack([smooth, smooth // 2, 200 - smooth], axis=2))
    assert out.send(sent)
    image = camera.read(10).image
    if encoding == "raw":
        assert are_equal(image, sent)
    else:
        assert image.shape == sent.shape
        assert np.abs(image.astype(int) - sent).mean() < 8


def test_jpeg_images_are_sent_as_they_are(connected):
    cv2 = pytest.importorskip("cv2")
    out, camera = connected({"encoding": "jpeg"})
    image = cv2.resize(RANDOM.integers(0, 256, (6, 8, 3), np.uint8), (64, 48))
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    assert out.send(jpeg)
    frame = camera.read(10)
    assert bytes(frame.data) == jpeg
    assert (frame.encoding, frame.format, frame.width, frame.height) == ("jpeg", "bgr24", 64, 48)
    assert np.abs(frame.image.astype(int) - cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1)).max() <= 3
    gray = cv2.imencode(".jpg", image[..., 0])[1].tobytes()
    assert out.send(gray)
    assert camera.read(10).image.shape == (48, 64)
    with pytest.raises(aeroframe.Error, match="JPEG"):
        out.send(b"no image")


def test_the_size_may_change_from_frame_to_frame(connected):
    out, camera = connected()
    for shape in [(48, 64, 3), (480, 640, 3), (3, 5), (2160, 3840, 3), (1, 1, 4), (720, 1280, 3)]:
        sent = RANDOM.integers(0, 256, shape, np.uint8)
        assert out.send(sent)
        assert are_equal(camera.read(10).image, sent)


def test_lossless_over_udp(connected):
    channel = f"udp:127.0.0.1:{free_port()}"
    out, camera = connected({"channel": channel, "encoding": "raw", "lossless": True}, {"channel": channel})
    for number in range(100):
        sent = picture("bgr24")
        assert out.send(sent)
        frame = camera.read(10)
        assert frame.sequence == number
        assert are_equal(frame.image, sent)
        assert not frame.is_shared


def test_jpeg_is_the_default_over_udp(connected):
    channel = f"udp:127.0.0.1:{free_port()}"
    out, camera = connected({"channel": channel}, {"channel": channel})
    assert out.send(picture("bgr24"))
    assert camera.read(10).encoding == "jpeg"


def test_the_latest_frame(connected):
    out, camera = connected(subscribe={"latest": True})
    for value in range(5):
        out.send(np.full((48, 64), value, np.uint8))
    frame = camera.read(10)
    assert frame.sequence == 4
    assert (frame.image == 4).all()
    ledger = camera.ledger
    assert (ledger.published, ledger.received, ledger.superseded + ledger.overrun) == (5, 1, 4)


def test_a_claim_is_written_in_place(connected):
    out, camera = connected()
    claim = out.claim((48, 64, 3), metadata=b"first")
    with claim as pixels:
        pixels[:] = 7
        claim.capture_time_ns = 42
    frame = camera.read(10)
    assert (frame.image == 7).all()
    assert (frame.metadata, frame.capture_time_ns) == (b"first", 42)
    with pytest.raises(ValueError, match="read-only"):
        pixels[0] = 1
    with out.claim((48, 64), "nv12") as (luma, chroma):
        luma[:], chroma[:] = 1, 2
    assert camera.read(10).image[1].shape == (24, 32, 2)


def test_a_claim_is_not_sent_if_its_block_raises(connected):
    out, camera = connected()
    with pytest.raises(ZeroDivisionError):
        with out.claim((48, 64, 3)):
            1 / 0
    with out.claim((48, 64, 3)) as pixels:
        pixels[:] = 9
    assert camera.read(10).sequence == 0
    with pytest.raises(ValueError, match="metadata of 70000 bytes"):
        with out.claim((48, 64, 3), metadata=bytes(70_000)):
            pass
    assert out.send(picture("bgr24"))


def test_one_claim_at_a_time(connected):
    out, _ = connected()
    with out.claim((48, 64, 3)):
        with pytest.raises(aeroframe.Closed, match="last claim"):
            out.send(picture("bgr24"))


def test_claims_go_nowhere_without_a_subscriber(stream):
    with aeroframe.publish(stream) as out:
        with out.claim((48, 64, 3)) as pixels:
            pixels[:] = 1
        assert out.ledger.dropped_no_subscriber == 1
        assert out.last_drop == "no_subscriber"
        assert not out.send(picture("bgr24"))
        assert not out.wait_for_subscriber(0.01)


@pytest.mark.parametrize("channel", ["aeron:ipc?pool=off", "udp"])
def test_claims_where_there_is_no_shared_memory(connected, channel):
    channel = f"udp:127.0.0.1:{free_port()}" if channel == "udp" else channel
    out, camera = connected({"channel": channel, "encoding": "raw"}, {"channel": channel})
    for value in range(10):
        with out.claim((48, 64, 3)) as pixels:
            pixels[:] = value
        assert (camera.read(10).image == value).all()
    assert (pixels == 9).all()


def test_a_claim_of_a_jpeg_stream_is_encoded(connected):
    out, camera = connected({"encoding": "jpeg", "quality": 95})
    with out.claim((48, 64, 3)) as pixels:
        pixels[:] = 100
    frame = camera.read(10)
    assert frame.encoding == "jpeg"
    assert np.abs(frame.image.astype(int) - 100).max() <= 2


# What outlives its frame.


def test_a_frame_ends_with_the_next_one(connected):
    out, camera = connected()
    out.send(picture("gray8"))
    frame = camera.read(10)
    assert camera.read(0) is None
    for use in (lambda: frame.image, lambda: frame.data, lambda: frame.copy(), lambda: frame.keep()):
        with pytest.raises(aeroframe.Closed, match="frame 0 has gone: keep"):
            use()
    assert frame.sequence == 0
    assert "closed" in repr(frame)


def test_an_array_that_outlives_its_frame_goes_on_showing_it(connected):
    out, camera = connected({"slots": 6})
    sent = picture("bgr24")
    out.send(sent)
    row = camera.read(10).image[3]
    for _ in range(50):
        out.send(picture("bgr24"))
        camera.read(10)
    assert (row == sent[3]).all()
    out.close()
    camera.close()
    assert (row == sent[3]).all()


def test_an_array_of_a_claim_goes_on_showing_its_frame(connected):
    out, camera = connected({"slots": 6})
    with out.claim((48, 64, 3)) as pixels:
        pixels[:] = 5
    for _ in range(50):
        out.send(picture("bgr24"))
        camera.read(10)
    assert (pixels == 5).all()
    out.close()
    assert (pixels == 5).all()


def test_too_many_arrays_of_claims_are_an_error_and_no_wrong_picture(connected):
    out, camera = connected({"slots": 6})
    kept = []

    def claim_on():
        for value in range(6):
            with out.claim((48, 64, 3)) as pixels:
                pixels[:] = value
            camera.read(10)
            kept.append(pixels)

    with pytest.raises(aeroframe.Error, match="arrays of earlier claims are still in use"):
        claim_on()
    assert [int(pixels.max()) for pixels in kept] == [0, 1, 2]
    kept.clear()
    with out.claim((48, 64, 3)) as pixels:
        pixels[:] = 3


def test_kept_frames_stay_as_they_are(connected):
    out, camera = connected({"slots": 6})
    kept, sent = [], []
    for _ in range(20):
        sent.append(picture("gray8"))
        out.send(sent[-1])
        kept.append(camera.read(10).keep())
    for frame, image in zip(kept, sent):
        assert are_equal(frame.image, image)
    with kept[0].keep() as frame:
        assert are_equal(frame.copy(), sent[0])
    with pytest.raises(aeroframe.Closed):
        frame.image
    frame.close()
    camera.close()
    assert are_equal(kept[1].image, sent[1])


def test_a_kept_frame_that_is_forgotten_is_released(connected):
    out, camera = connected({"slots": 6})
    for _ in range(100):
        out.send(picture("gray8"))
        camera.read(10).keep()
    assert out.ledger.sent == 100
    assert camera.ledger.overrun == 0


def test_frames_are_read_only(connected):
    out, camera = connected()
    out.send(picture("bgr24"))
    frame = camera.read(10)
    for array in (frame.image, frame.data, frame.image[0]):
        with pytest.raises(ValueError):
            array[:] = 0
        with pytest.raises(ValueError):
            array.flags.writeable = True
    frame.copy()[:] = 0


# Waiting.


def test_reading_times_out(connected):
    _, camera = connected()
    started = time.monotonic()
    assert camera.read(timeout=0.05) is None
    assert time.monotonic() - started >= 0.05


def test_an_iteration_times_out_with_a_message(stream):
    with aeroframe.subscribe(stream, timeout=0.05) as camera:
        with pytest.raises(aeroframe.Timeout, match=f"stream '{stream}': no frame came within 0.05 s on channel 'ipc'"):
            next(camera)
        with pytest.raises(TimeoutError):
            next(camera)


def test_an_iteration_ends_with_the_stream(connected):
    out, camera = connected()
    for _ in range(3):
        out.send(picture("gray8"))
    out.close()
    assert [frame.sequence for frame in camera] == [0, 1, 2]
    assert camera.read(timeout=10) is None


def test_following_the_next_publisher(stream):
    with aeroframe.subscribe(stream, follow=True) as camera:
        for round in range(2):
            with aeroframe.publish(stream) as out:
                frame = None
                while frame is None:
                    out.send(np.full((8, 8), round, np.uint8))
                    frame = camera.read(0.01)
                while frame.image[0, 0] != round:  # the last of the round before
                    frame = camera.read(10)
                assert out.ledger.sent > 0


def test_one_thread_at_a_time(connected):
    _, camera = connected()
    closed = []

    def read():
        try:
            camera.read(60)
        except aeroframe.Closed:
            closed.append(True)

    thread = threading.Thread(target=read)
    thread.start()
    with pytest.raises(aeroframe.Closed, match="one thread at a time"):
        for _ in itertools.repeat(None):
            camera.read(0)
            assert thread.is_alive()
    camera.close()
    thread.join()
    assert closed


def test_another_thread_may_close(connected):
    _, camera = connected()
    timer = threading.Timer(0.05, camera.close)
    timer.start()
    with pytest.raises(aeroframe.Closed, match="is closed"):
        camera.read(60)
    timer.join()
    with pytest.raises(aeroframe.Closed):
        camera.read(0)
    camera.close()


def test_waiting_releases_the_interpreter(stream):
    counted = 0

    def count():
        nonlocal counted
        while not done:
            counted += 1

    done = False
    thread = threading.Thread(target=count)
    with aeroframe.subscribe(stream) as camera:
        thread.start()
        try:
            before = counted
            assert camera.read(0.2) is None
            assert counted > before + 100
        finally:
            done = True
            thread.join()


def test_async_iteration(connected):
    import asyncio

    out, camera = connected()

    async def receive():
        sequences = []
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(camera.__anext__(), 0.05)
        for _ in range(5):
            out.send(picture("gray8"))
        out.close()
        async for frame in camera:
            sequences.append(frame.sequence)
        return sequences

    assert asyncio.run(receive()) == [0, 1, 2, 3, 4]


# Mistakes.


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: aeroframe.subscribe(""), ValueError, "the stream name is empty"),
        (lambda: aeroframe.subscribe("s", channel="udp:host"), ValueError, "udp:HOST:PORT"),
        (lambda: aeroframe.subscribe("s", channel="tcp:1.2.3.4:5"), ValueError, "channel 'tcp:1.2.3.4:5'"),
        (lambda: aeroframe.subscribe("s", channel="udp:192.0.2.1:5"), aeroframe.ChannelError, "does not belong"),
        (lambda: aeroframe.subscribe("s", timeout=-1), ValueError, "timeout=-1 is negative"),
        (lambda: aeroframe.subscribe("s", max_frame_bytes=0), ValueError, "max_frame_bytes=0"),
        (lambda: aeroframe.publish("s", format="rgb"), ValueError, "format='rgb' is not one of gray8"),
        (lambda: aeroframe.publish("s", encoding="png"), ValueError, "encoding='png'"),
        (lambda: aeroframe.publish("s", quality=0), ValueError, "quality=0"),
        (lambda: aeroframe.publish("s", slots=2), ValueError, "slots=2"),
        (lambda: aeroframe.publish("s", ttl=0), ValueError, "ttl=0"),
        (lambda: aeroframe.publish(" s"), ValueError, "white space"),
        (lambda: aeroframe.publish(5), TypeError, "stream=5 is not a str"),
        (lambda: aeroframe.subscribe("s", channel=None), TypeError, "channel=None is not a str"),
        (lambda: aeroframe.publish("s").claim(5), ValueError, "shape=5"),
        (lambda: aeroframe.publish("s").claim((4, 4, 3.5)), ValueError, "shape="),
        (lambda: aeroframe.publish("s").claim((4, 4, 9)), ValueError, "is not a picture"),
        (lambda: aeroframe.publish("s").claim((4, 4), "bgr24"), ValueError, "is not that of bgr24"),
        (
            lambda: aeroframe.publish("s", channel="udp:nohost.invalid:4000").send(np.zeros((4, 4), np.uint8)),
            aeroframe.ChannelError,
            "nohost.invalid",
        ),
    ],
)
def test_settings_that_are_not_valid(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    "image, options, message",
    [
        (np.zeros((4, 4, 3)), {}, "an array of float64 and shape"),
        (np.zeros((4, 4, 5), np.uint8), {}, "is not a picture"),
        (np.zeros((0, 4, 3), np.uint8), {}, "4x0 is not within"),
        (np.zeros((4, 70_000), np.uint8), {}, "70000x4 is not within"),
        (np.zeros((4, 4), np.uint8), {"format": "bgr24"}, "is not that of bgr24"),
        (np.zeros((4, 4), np.uint8), {"format": "gray16"}, "which is uint16"),
        (np.zeros((4, 4), np.uint8), {"format": "i420"}, "height \\* 3 / 2"),
        ([[1]], {}, "list is not a picture"),
        (None, {}, "NoneType is not a picture"),
        (b"", {}, "no bytes"),
        ((np.zeros((4, 4), np.uint8),), {}, "a tuple of 1 planes"),
        ((np.zeros((4, 4), np.uint8), np.zeros((4, 4, 2), np.uint8)), {}, "planes of shapes"),
        (np.zeros((4, 4), np.uint8), {"metadata": bytes(65_537)}, "metadata of 65537 bytes"),
    ],
)
def test_what_is_not_a_picture(connected, image, options, message):
    out, camera = connected()
    with pytest.raises(ValueError, match=message):
        out.send(image, **options)
    assert out.send(picture("gray8"))
    assert camera.read(10).sequence == 0


def test_a_closed_publication(stream):
    out = aeroframe.publish(stream)
    out.close()
    out.close()
    with pytest.raises(aeroframe.Closed, match=f"'{stream}' is closed"):
        out.send(picture("gray8"))
    with pytest.raises(aeroframe.Closed):
        out.claim((4, 4))


def test_reports_are_logged(connected, caplog):
    caplog.set_level(logging.WARNING, "aeroframe")
    out, camera = connected(subscribe={"max_frame_bytes": 1000})
    out.send(picture("bgr24"))
    until(lambda: camera.read(0.01) is None and caplog.records, "the report")
    assert "stream" in caplog.text


# VideoCapture.


def test_a_capture_reads_as_opencv_does(stream):
    cap = aeroframe.VideoCapture(stream, timeout=10)
    with aeroframe.publish(stream) as out:
        assert cap.isOpened()
        sent = picture("bgr24")
        stop = threading.Event()

        def send_on():
            while not stop.wait(0.01):
                out.send(sent)

        thread = threading.Thread(target=send_on)
        thread.start()
        try:
            ok, image = cap.read()
            assert ok and are_equal(image, sent)
            image[:] = 0  # it is the caller's own
            target = np.empty_like(sent)
            ok, again = cap.read(target)
            assert ok and again is target and are_equal(target, sent)
            assert cap.grab()
            assert are_equal(cap.retrieve()[1], sent)
            assert (cap.get(3), cap.get(4)) == (63.0, 47.0)
            assert cap.get(5) > 1
            assert not cap.set(3, 640)
        finally:
            stop.set()
            thread.join()
    while cap.read()[0]:
        pass
    assert not cap.isOpened()
    assert cap.read() == (False, None)
    cap.release()


@pytest.mark.parametrize("name", ["rgb24", "bgra32", "gray8", "yuyv", "nv12", "i420"])
def test_a_capture_converts_to_bgr(connected, stream, name):
    if name in ("yuyv", "nv12", "i420"):
        pytest.importorskip("cv2")
    out, camera = connected({"format": name}, shape=(48, 64) if name in ("gray8", "nv12", "i420") else (48, 64, 3))
    cap = aeroframe.VideoCapture(stream, latest=False)
    assert not cap._camera.read(0)
    until(lambda: cap._camera.read(0) is None and out.subscribers == 2, "the second subscriber")
    if name in ("yuyv", "nv12", "i420"):
        planes = {"nv12": [(48, 64), (24, 32, 2)], "i420": [(48, 64), (24, 32), (24, 32)]}
        sent = tuple(np.full(shape, 128, np.uint8) for shape in planes.get(name, [(48, 64, 2)]))
        out.send(sent if name in planes else sent[0])
        image = cap.read()[1]
        assert image.shape == (48, 64, 3)
        assert np.ptp(image) <= 1 and abs(int(image.mean()) - 130) < 3  # gray stays gray
    else:
        sent = picture(name)
        out.send(sent)
        expected = {"rgb24": sent[..., ::-1], "bgra32": sent[..., :3], "gray8": sent}[name]
        assert are_equal(cap.read()[1], expected)
    cap.release()


def test_streams_that_nobody_closed_are_closed_when_they_are_forgotten(stream):
    camera = aeroframe.subscribe(stream, follow=False)
    out = aeroframe.publish(stream)
    until(lambda: camera.read(0.01) is None and out.wait_for_subscriber(0, shape=(8, 8, 3)), "the subscriber")
    out.send(picture("gray8"))
    del out
    gc.collect()
    assert [frame.sequence for frame in camera] == [0]


def test_streams_are_listed_with_what_flows(connected, stream):
    out, camera = connected()
    for number in range(20):
        out.send(np.zeros((48, 64, 3), np.uint8))
        until(lambda: camera.ledger.received > number or camera.read(0) is not None, "the frame")
    (found,) = [each for each in aeroframe.streams() if each.name == stream]
    assert (found.channel, found.format, found.width, found.height) == ("ipc", "64x48 BGR24", 64, 48)
    assert (found.subscribers, found.pid, found.state) == (1, os.getpid(), "streaming")
    assert found.fps > 0 and found.bytes_per_second > 0
    out.close()
    until(lambda: all(each.pid is None for each in aeroframe.streams() if each.name == stream), "the end")
