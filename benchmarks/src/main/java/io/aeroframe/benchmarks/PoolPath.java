package io.aeroframe.benchmarks;

import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.PublicationLedger;
import io.aeroframe.transport.SubscriptionLedger;
import java.lang.reflect.Array;
import org.agrona.concurrent.IdleStrategy;

/** The one place that knows whether the transport measured has a pool path: so the bench measures versions with and without one. */
final class PoolPath {

    private static final boolean IS_AVAILABLE = hasMethod(FramePublication.Context.class, "isPooled", boolean.class);

    private PoolPath() {}

    static boolean isAvailable() {
        return IS_AVAILABLE;
    }

    /** Says which of Aeroframe's two paths a publication takes. */
    static void choose(FramePublication.Context context, boolean isPooled) {
        if (IS_AVAILABLE) {
            call(context, "isPooled", new Class<?>[] {boolean.class}, isPooled);
        }
    }

    /** Whether a publication's frames stay in shared memory: a channel may forbid it. */
    static boolean isTaken(FramePublication publication) {
        return IS_AVAILABLE && (boolean) call(publication, "isPooled", new Class<?>[0]);
    }

    /** Frames that a publication dropped because every slot was held; 0 without a pool path. */
    static long droppedNoSlot(PublicationLedger ledger) {
        return IS_AVAILABLE ? (long) call(ledger, "droppedNoSlot", new Class<?>[0]) : 0;
    }

    /** Frames whose slot was written again before a subscriber had them; 0 without a pool path. */
    static long overrun(SubscriptionLedger ledger) {
        return IS_AVAILABLE ? (long) call(ledger, "overrun", new Class<?>[0]) : 0;
    }

    /** Sleeps until a frame comes for one of the subscriptions. */
    static IdleStrategy waitOn(FrameSubscription... subscriptions) {
        try {
            Class<?> type = Class.forName("io.aeroframe.transport.WaitIdleStrategy");
            Class<?> array = Array.newInstance(FrameSubscription.class, 0).getClass();
            return (IdleStrategy) type.getConstructor(array).newInstance((Object) subscriptions);
        } catch (ReflectiveOperationException ex) {
            throw new BenchException("--idle wait is not known to this build; use spin, yield or backoff", ex);
        }
    }

    private static boolean hasMethod(Class<?> type, String name, Class<?>... parameters) {
        try {
            type.getMethod(name, parameters);
            return true;
        } catch (NoSuchMethodException ex) {
            return false;
        }
    }

    private static Object call(Object target, String name, Class<?>[] types, Object... arguments) {
        try {
            return target.getClass().getMethod(name, types).invoke(target, arguments);
        } catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(target.getClass().getName() + "." + name, ex);
        }
    }
}
