package io.aeroframe.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

class MatsTest {

    private final Mats mats = new Mats();

    @ParameterizedTest
    @CsvSource({
        "GRAY8, CV_8UC1, 4",
        "GRAY16, CV_16UC1, 4",
        "BGR24, CV_8UC3, 4",
        "RGB24, CV_8UC3, 4",
        "BGRA32, CV_8UC4, 4",
        "YUYV, CV_8UC2, 4",
        "I420, CV_8UC1, 6",
        "NV12, CV_8UC1, 6"
    })
    void givesEachFormatItsTypeAndSize(PixelFormat pixelFormat, String type, int rows) {
        FrameFormat format = FrameFormat.raw(pixelFormat, 6, 4);
        Mat view = mats.over(ByteBuffer.allocateDirect(format.maxPayloadLength()), format);
        assertEquals(type, CvType.typeToString(view.type()));
        assertEquals(rows, view.rows());
        assertEquals(6, view.cols());
    }

    @Test
    void writesAndReadsTheFrameInPlaceAndLeavesPaddingAlone() {
        FrameFormat format = strided(PixelFormat.GRAY8, 3, 2, 5);
        ByteBuffer memory = ByteBuffer.allocateDirect(10);
        Mat view = mats.over(memory, format);
        view.setTo(new Scalar(7));
        assertArrayEquals(new byte[] {7, 7, 7, 0, 0, 7, 7, 7, 0, 0}, bytes(memory));
        memory.put(6, (byte) 9);
        assertEquals(9, view.get(1, 1)[0]);
    }

    @Test
    void startsAtThePositionAndLeavesItAlone() {
        FrameFormat format = FrameFormat.gray8(2, 1);
        ByteBuffer memory = ByteBuffer.allocateDirect(5).position(2);
        mats.over(memory, format).setTo(new Scalar(3));
        assertEquals(2, memory.position());
        assertArrayEquals(new byte[] {0, 0, 3, 3, 0}, bytes(memory.rewind()));

        Mats.view(memory.position(3), format).setTo(new Scalar(4));
        assertArrayEquals(new byte[] {0, 0, 3, 4, 4}, bytes(memory.rewind()));
    }

    @Test
    void viewsReadOnlyBuffers() {
        ByteBuffer memory = ByteBuffer.allocateDirect(6).put(4, (byte) 42);
        FrameFormat format = FrameFormat.gray8(3, 2);
        assertEquals(42, mats.over(memory.asReadOnlyBuffer(), format).get(1, 1)[0]);
        assertEquals(42, Mats.view(memory.asReadOnlyBuffer(), format).get(1, 1)[0]);
        assertEquals(
                42,
                Mats.view(memory.asReadOnlyBuffer().position(3), FrameFormat.gray8(3, 1))
                        .get(0, 1)[0]);
    }

    @Test
    void givesTheSameViewForTheSameMemoryAndFormat() {
        ByteBuffer[] slots = new ByteBuffer[8];
        Mat[] views = new Mat[8];
        for (int i = 0; i < 8; i++) {
            slots[i] = ByteBuffer.allocateDirect(27);
            views[i] = mats.over(slots[i], FrameFormat.bgr24(3, 3));
        }
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 8; i++) {
                assertSame(views[i], mats.over(slots[i], FrameFormat.bgr24(3, 3)));
            }
        }
        assertNotSame(views[0], mats.over(slots[0], FrameFormat.gray8(3, 3)));
        assertNotSame(views[0], mats.over(slots[0].duplicate(), FrameFormat.bgr24(3, 3)));
    }

    @Test
    void staysRightWithMoreBuffersThanItKeepsViewsOf() {
        FrameFormat format = FrameFormat.gray8(1, 1);
        ByteBuffer[] slots = new ByteBuffer[40];
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < slots.length; i++) {
                if (slots[i] == null) {
                    slots[i] = ByteBuffer.allocateDirect(1);
                }
                mats.over(slots[i], format).setTo(new Scalar(round + i));
                assertEquals(round + i, slots[i].get(0));
            }
        }
    }

    @Test
    void noticesAViewThatOpenCvGaveOtherMemory() {
        ByteBuffer memory = ByteBuffer.allocateDirect(12);
        FrameFormat format = FrameFormat.bgr24(2, 2);
        Mat view = mats.over(memory, format);
        assertTrue(Mats.isOver(view));
        Imgproc.cvtColor(new Mat(2, 2, CvType.CV_8UC3, new Scalar(1, 1, 1)), view, Imgproc.COLOR_BGR2GRAY);
        assertFalse(Mats.isOver(view));

        Mat fresh = mats.over(memory, format);
        assertTrue(Mats.isOver(fresh));
        fresh.setTo(new Scalar(5, 5, 5));
        assertEquals(5, memory.get(11));
    }

    @Test
    void refusesABufferThatIsTooSmallOrOnTheHeap() {
        FrameFormat format = FrameFormat.bgr24(4, 4);
        ByteBuffer memory = ByteBuffer.allocateDirect(48);
        mats.over(memory, format);
        assertThrows(IllegalArgumentException.class, () -> mats.over(ByteBuffer.allocateDirect(47), format));
        assertThrows(IllegalArgumentException.class, () -> mats.over(memory.limit(47), format));
        memory.clear().position(1);
        assertThrows(IllegalArgumentException.class, () -> mats.over(memory, format));
        assertThrows(IllegalArgumentException.class, () -> Mats.view(memory, format));
        assertThrows(IllegalArgumentException.class, () -> mats.over(memory, -1, format));
        assertThrows(IllegalArgumentException.class, () -> mats.over(ByteBuffer.allocate(48), format));
    }

    @Test
    void refusesFormatsWithoutAMat() {
        ByteBuffer memory = ByteBuffer.allocateDirect(100_000);
        assertRefused(memory, FrameFormat.jpeg(4, 4));
        assertRefused(memory, FrameFormat.raw(PixelFormat.I420, 5, 4));
        assertRefused(memory, FrameFormat.raw(PixelFormat.NV12, 4, 5));
        assertRefused(memory, strided(PixelFormat.I420, 4, 4, 8));
        assertRefused(memory, strided(PixelFormat.GRAY16, 4, 4, 9));
    }

    @Test
    void keepsTheBufferOfAViewOfItsOwnReachable() {
        Mat view = Mats.view(ByteBuffer.allocateDirect(1 << 20).put(99, (byte) 1), FrameFormat.gray8(1024, 1024));
        System.gc();
        ByteBuffer.allocateDirect(1 << 20).put(99, (byte) 2);
        assertEquals(1, view.get(0, 99)[0]);
    }

    private void assertRefused(ByteBuffer memory, FrameFormat format) {
        assertThrows(IllegalArgumentException.class, () -> mats.over(memory, format));
    }

    private static FrameFormat strided(PixelFormat pixelFormat, int width, int height, int stride) {
        return new FrameFormat(width, height, stride, pixelFormat, FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
    }

    private static byte[] bytes(ByteBuffer memory) {
        byte[] bytes = new byte[memory.remaining()];
        memory.get(0, bytes);
        return bytes;
    }
}
