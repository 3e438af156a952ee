package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;

/** Memory for frames that are kept past their handler: taken on the polling thread, given back on any. */
final class FrameLeasePool {

    private static final int KEPT = 16;

    private final ManyToManyConcurrentArrayQueue<Copy> free = new ManyToManyConcurrentArrayQueue<>(KEPT);

    FrameLease copyOf(Frame frame) {
        Copy copy = free.poll();
        if (copy == null) {
            copy = new Copy();
        }
        copy.take(frame);
        return copy;
    }

    private final class Copy extends FrameView implements FrameLease {
        private ByteBuffer memory = ByteBuffer.allocateDirect(0);
        private ByteBuffer readOnly = memory;
        private byte[] metadataBytes = new byte[0];
        private volatile boolean isOpen;

        private void take(Frame frame) {
            int length = frame.payloadLength();
            if (memory.capacity() < length) {
                memory = BufferUtil.allocateDirectAligned(length, 64);
            }
            payload.wrap(memory, 0, length);
            payload.putBytes(0, frame.payload(), 0, length);
            if (readOnly.capacity() != length || BufferUtil.address(readOnly) != BufferUtil.address(memory)) {
                readOnly = memory.slice(0, length).asReadOnlyBuffer();
            }
            int metadataLength = frame.metadata().capacity();
            if (metadataBytes.length < metadataLength) {
                metadataBytes = new byte[metadataLength];
            }
            frame.metadata().getBytes(0, metadataBytes, 0, metadataLength);
            metadata.wrap(metadataBytes, 0, metadataLength);
            describe(
                    frame.format(), frame.sequence(), frame.captureTimeNs(), frame.publishTimeNs(), frame.isSameHost());
            isOpen = true;
        }

        @Override
        public Frame frame() {
            if (!isOpen) {
                throw new IllegalStateException("the lease is closed");
            }
            return this;
        }

        @Override
        public synchronized void close() {
            if (isOpen) {
                isOpen = false;
                free.offer(this);
            }
        }

        @Override
        public ByteBuffer payloadByteBuffer() {
            return readOnly.clear();
        }

        @Override
        public FrameLease retain() {
            return copyOf(frame());
        }
    }
}
