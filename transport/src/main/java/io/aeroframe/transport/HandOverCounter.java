package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeron.Counter;
import java.util.List;

/**
 * Says to the driver's owner, by a counter that is 1, that the lossless publications of a client have seen that the
 * driver is about to end, and send nothing more in this session. The session's thread, but for {@link #want}.
 */
final class HandOverCounter {

    private volatile boolean isWanted;
    private boolean isRequested;
    private boolean isUnderWay;
    private Counter counter;

    /** Asks for the counter, if that was not done yet. Without it the owner waits no longer than its limit. */
    void open(ClientSession session) {
        if (!isRequested) {
            isRequested = true;
            session.addCounter(FrameDriver.HAND_OVER_COUNTER_TYPE_ID, "aeroframe hand-over")
                    .whenComplete((made, error) -> counter = made);
        }
    }

    /** Whether the driver is about to end. Any thread. */
    void want(boolean isHandingOver) {
        isWanted = isHandingOver;
    }

    /** Sets the counter when all users have stopped, and back to 0 when the hand-over did not come about. */
    void update(List<SessionUser> users) {
        if (counter == null || counter.isClosed()) {
            return;
        }
        if (isWanted != isUnderWay) {
            isUnderWay = isWanted;
            counter.setRelease(0);
            users.forEach(SessionUser::beginHandOver);
        }
        if (isUnderWay && counter.get() == 0 && users.stream().allMatch(SessionUser::hasStopped)) {
            counter.setRelease(1);
        }
    }
}
