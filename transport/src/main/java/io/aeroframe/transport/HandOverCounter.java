package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeron.Counter;
import java.util.List;

/**
 * Shows the driver's owner, by a counter with the value 1, that a client's lossless publications have noticed the
 * coming hand-over and send nothing more in this session. For the session's thread, except for {@link #want}.
 */
final class HandOverCounter {

    private volatile boolean isWanted;
    private boolean isRequested;
    private boolean isUnderWay;
    private boolean isWatching;
    private Counter counter;

    /** Requests the counter once. Without it the owner waits no longer than its limit. */
    void open(ClientSession session) {
        if (!isRequested) {
            isRequested = true;
            session.addCounter(FrameDriver.HAND_OVER_COUNTER_TYPE_ID, "aeroframe hand-over")
                    .whenComplete((made, error) -> counter = made);
        }
    }

    /** Whether the driver is about to close. Any thread. */
    void want(boolean isHandingOver) {
        isWanted = isHandingOver;
    }

    /**
     * Sets the counter when all users have stopped sending, and resets it if the hand-over does not happen. Users are
     * watched from the round after the one that learned of it: what a thread wrote when it entered its gate just before
     * is visible by then.
     */
    void update(List<SessionUser> users) {
        if (counter == null || counter.isClosed()) {
            return;
        }
        if (isWanted != isUnderWay) {
            isUnderWay = isWanted;
            isWatching = false;
            counter.setRelease(0);
        } else if (isUnderWay && !isWatching) {
            isWatching = true;
            users.forEach(SessionUser::beginHandOver);
        } else if (isUnderWay && counter.get() == 0 && users.stream().allMatch(SessionUser::hasStopped)) {
            counter.setRelease(1);
        }
    }
}
