package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.DirectMemory;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameMemoryTest {

    private static final int PIECE = 2 << 20;
    private static final int ROUNDING = 64;

    /** A raw 7680x4320 BGR picture. */
    private static final int LARGE = 7_680 * 4_320 * 3;

    private final UnsafeBuffer source = new UnsafeBuffer(new byte[PIECE]);
    private final FrameMemory memory = new FrameMemory();

    @AfterEach
    void close() {
        memory.close();
    }

    private void append(int length, int expectedLength) {
        assertTrue(memory.tryAppend(source, 0, length, expectedLength));
    }

    private int fill(int frameLength) {
        int allocations = 0;
        memory.clear();
        while (memory.length() < frameLength) {
            int before = memory.buffer().capacity();
            append(Math.min(PIECE, frameLength - memory.length()), frameLength);
            allocations += memory.buffer().capacity() == before ? 0 : 1;
        }
        return allocations;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 5_000, 1 << 20})
    void neverTakesMoreThanTwiceWhatHasCome(int pieceLength) {
        for (int i = 0; i < 20; i++) {
            append(pieceLength, Integer.MAX_VALUE);
            assertTrue(
                    memory.buffer().capacity() <= Math.max(4_096, 2 * memory.length() + ROUNDING),
                    () -> memory.buffer().capacity() + " for " + memory.length());
        }
    }

    @Test
    void endsAtTheLengthThatWasExpectedAndThenHasItsMemory() {
        int allocations = fill(LARGE);
        assertTrue(allocations < 10, allocations + " allocations");
        assertTrue(memory.buffer().capacity() < LARGE + ROUNDING);
        long address = memory.buffer().addressOffset();
        assertEquals(0, address % ROUNDING);
        for (int frame = 0; frame < 3; frame++) {
            assertEquals(0, fill(LARGE), "a frame as large as the first takes no more memory");
        }
        assertEquals(address, memory.buffer().addressOffset());
    }

    @Test
    void framesThatGrowLittleByLittleDoNotTakeNewMemoryEachTime() {
        int allocations = 0;
        for (int length = 1_000; length < 1_000_000; length += 1_000) {
            allocations += fill(length);
        }
        assertTrue(allocations < 30, allocations + " allocations");
    }

    @Test
    void keepsWhatItHoldsWhenItGrows() {
        UnsafeBuffer pattern = new UnsafeBuffer(new byte[1_000_000]);
        Pattern.write(pattern, pattern.capacity(), 3);
        for (int offset = 0; offset < pattern.capacity(); ) {
            int length = Math.min(1 + offset / 3, pattern.capacity() - offset);
            assertTrue(memory.tryAppend(pattern, offset, length, pattern.capacity()));
            offset += length;
        }
        Pattern.assertIn(memory.buffer(), pattern.capacity(), 3);
    }

    @Test
    void theViewIsOneObjectWhateverTheLength() {
        append(4_000, 4_000);
        ByteBuffer view = memory.readOnly(100, 3_000);
        assertTrue(view.isDirect() && view.isReadOnly());
        view.position(7);
        assertSame(view, memory.readOnly(100, 3_900));
        assertEquals(0, view.position());
        assertEquals(3_900, view.limit());
        assertNotSame(view, memory.readOnly(104, 3_000));
        fill(1 << 20);
        source.putByte(5, (byte) 9);
        fill(1 << 20);
        assertEquals(9, memory.readOnly(0, 1 << 20).get(5), "the view is over the memory that is in use");
    }

    @Test
    void whatIsReplacedOrClosedIsFreed() {
        long before = DirectMemory.used();
        for (int round = 0; round < 3; round++) {
            fill(LARGE);
            assertTrue(DirectMemory.used() - before < LARGE + (1 << 20));
            memory.close();
            assertTrue(DirectMemory.used() - before < 1 << 20);
        }
    }
}
