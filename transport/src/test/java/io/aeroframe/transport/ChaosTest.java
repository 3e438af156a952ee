package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Eight processes, four streams, and everything that can be done to them at random, for minutes; see
 * docs/explanation/testing.md.
 *
 * <pre>
 * -Dchaos=true              runs it; -Pchaos does that
 * -Dchaos.minutes=10        how long
 * -Dchaos.seed=1            what comes when; printed, and by the clock if not given
 * -Dchaos.only=kills,stops  these faults alone, of {@link Fault}
 * </pre>
 *
 * <p>Whatever happens: no process crashes, hangs in a call, delivers a torn frame or one twice, or has an account that
 * does not balance; when it is over every stream goes on; when all have ended, nothing is left in the base directory.
 */
@Tag("chaos")
class ChaosTest {

    private static final int SIGKILL_STATUS = 128 + 9;
    private static final long LONGEST_STOP_NS = TimeUnit.SECONDS.toNanos(6);
    private static final int TAIL_LINES = 60;
    private static final int MTU = 1_408;

    /** What is done to the processes. */
    private enum Fault {
        /** A publication or subscription is closed by another thread. */
        CLOSES,
        /** A connection is closed by another thread. */
        CONNECTIONS,
        /** The thread that publishes or receives is interrupted. */
        INTERRUPTS,
        /** A process is killed (SIGKILL), and another one takes its place. */
        KILLS,
        /** A process is stopped (SIGSTOP) and woken some seconds later. */
        STOPS,
        /** Frames of another size are published. */
        GROWTH,
        /** The base directory is removed. */
        REMOVAL,
        /** A subscription over UDP receives datagrams that look like the stream's, with garbage in them. */
        HOSTILE
    }

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Member> members = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final Path logs = Path.of("target", "chaos-" + seed).toAbsolutePath();

    private Path directory;
    private Path base;
    private DatagramSocket socket;
    private int hostilePort;

    /** One of the eight, and whichever process is in its place. */
    private static final class Member {
        private final ChaosRole role;
        private StreamProcess process;
        private Path errors;
        private int starts;
        private long wakeNs;
        private boolean isStopped;

        Member(ChaosRole role) {
            this.role = role;
        }
    }

    @BeforeEach
    void start() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "needs /dev/shm, and signals as Linux has them");
        directory = Files.createTempDirectory(memory, "aeroframe-chaos-");
        base = directory.resolve("base");
        Files.createDirectories(logs);
        socket = new DatagramSocket();
        String udp = LiveHost.freeUdp().uri();
        hostilePort = Integer.parseInt(udp.substring(udp.lastIndexOf(':') + 1));
        for (ChaosRole role : List.of(
                ChaosRole.publisher("lossless", "ipc", true),
                ChaosRole.subscriber("lossless", "ipc", Delivery.EVERY),
                ChaosRole.publisher("live", "ipc", false),
                ChaosRole.subscriber("live", "ipc", Delivery.LATEST),
                ChaosRole.publisher("log", "aeron:ipc?pool=off", true),
                ChaosRole.subscriber("log", "aeron:ipc?pool=off", Delivery.EVERY),
                ChaosRole.publisher("net", udp, false),
                ChaosRole.subscriber("net", udp, Delivery.LATEST))) {
            members.add(new Member(role));
        }
    }

    @AfterEach
    void stop() {
        for (Member member : members) {
            if (member.process != null) {
                member.process.close();
            }
        }
        if (socket != null) {
            socket.close();
        }
        if (directory != null) {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    @Test
    void nothingCrashesHangsTearsOrIsLeftBehind() throws Exception {
        double minutes = Double.parseDouble(System.getProperty("chaos.minutes", "10"));
        Set<Fault> faults = faults();
        System.out.printf(Locale.ROOT, "chaos: -Dchaos.seed=%d, %.1f minutes of %s%n", seed, minutes, faults);
        for (Member member : members) {
            launch(member);
        }
        awaitFlow();
        disturb(new ArrayList<>(faults), (long) (minutes * 60e9));
        awaitFlow();
        endAll();
        System.out.println("chaos: " + counts + ", processes started: "
                + members.stream().mapToInt(member -> member.starts).sum());
        assertEquals(
                List.of(),
                failures,
                () -> "-Dchaos.seed=" + seed + ", see " + logs + "\n" + String.join("\n\n", failures));
        IoUtil.delete(logs.toFile(), true);
    }

    private static Set<Fault> faults() {
        String only = System.getProperty("chaos.only", "");
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        for (String name : only.isBlank() ? new String[0] : only.split(",")) {
            chosen.add(Fault.valueOf(name.strip().toUpperCase(Locale.ROOT)));
        }
        return chosen.isEmpty() ? EnumSet.allOf(Fault.class) : chosen;
    }

    private void launch(Member member) throws IOException, InterruptedException {
        member.starts++;
        member.errors = logs.resolve(member.role.name() + "-" + member.starts + ".err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-ea",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + logs.resolve("hs_err_%p.log"),
                "-Xmx192m"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ChaosChild.class.getName(),
                base.toString(),
                Long.toString(random.nextLong())));
        command.addAll(member.role.arguments());
        member.isStopped = false;
        member.process = StreamProcess.start(new ProcessBuilder(command).redirectError(member.errors.toFile()));
        member.process.await("started");
    }

    // ---- what is done

    private void disturb(List<Fault> faults, long durationNs) throws Exception {
        long endNs = System.nanoTime() + durationNs;
        while (System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50 + random.nextInt(400)));
            wake(false);
            replaceEnded();
            Fault fault = faults.get(random.nextInt(faults.size()));
            Member member = members.get(random.nextInt(members.size()));
            if (!member.isStopped) {
                inflict(fault, member);
            }
        }
        wake(true);
    }

    private void inflict(Fault fault, Member member) throws Exception {
        switch (fault) {
            case CLOSES -> tell(member, "close-stream");
            case CONNECTIONS -> tell(member, "close-connection");
            case INTERRUPTS -> tell(member, "interrupt");
            case GROWTH -> tell(member, "grow");
            case KILLS -> {
                member.process.close();
                launch(member);
            }
            case STOPS -> {
                member.process.signal("STOP");
                member.isStopped = true;
                member.wakeNs = System.nanoTime() + (long) (random.nextDouble() * LONGEST_STOP_NS);
            }
            case REMOVAL -> {
                if (random.nextInt(5) > 0) {
                    return; // all have to find each other again
                }
                IoUtil.delete(base.toFile(), true);
            }
            case HOSTILE -> attack();
        }
        counts.merge(fault, 1, Integer::sum);
    }

    /** An order for a process that has just died is for none. */
    private static void tell(Member member, String order) {
        try {
            member.process.send(order);
        } catch (IOException ex) {
            member.process.kill(); // its end is looked at next
        }
    }

    private void wake(boolean all) throws IOException, InterruptedException {
        for (Member member : members) {
            if (member.isStopped && (all || System.nanoTime() - member.wakeNs >= 0)) {
                member.process.signal("CONT");
                member.isStopped = false;
            }
        }
    }

    private void attack() throws IOException {
        byte[] bytes = new byte[MTU];
        UnsafeBuffer datagram = new UnsafeBuffer(bytes);
        int streamId = new StreamName("net").streamId();
        int sessionId = random.nextInt();
        for (int i = 0; i < 50; i++) {
            random.nextBytes(bytes);
            boolean isSetup = i % 10 == 0;
            int length =
                    isSetup ? SetupFlyweight.HEADER_LENGTH : DataHeaderFlyweight.HEADER_LENGTH + random.nextInt(1_000);
            datagram.putInt(HeaderFlyweight.FRAME_LENGTH_FIELD_OFFSET, length, ByteOrder.LITTLE_ENDIAN);
            datagram.putByte(HeaderFlyweight.VERSION_FIELD_OFFSET, (byte) 0);
            datagram.putByte(HeaderFlyweight.FLAGS_FIELD_OFFSET, (byte) DataHeaderFlyweight.BEGIN_AND_END_FLAGS);
            datagram.putShort(
                    HeaderFlyweight.TYPE_FIELD_OFFSET,
                    (short) (isSetup ? HeaderFlyweight.HDR_TYPE_SETUP : HeaderFlyweight.HDR_TYPE_DATA),
                    ByteOrder.LITTLE_ENDIAN);
            if (isSetup) {
                new SetupFlyweight(datagram)
                        .termOffset(0)
                        .sessionId(sessionId)
                        .streamId(streamId)
                        .initialTermId(0)
                        .activeTermId(0)
                        .termLength(1 << (16 + random.nextInt(8)))
                        .mtuLength(MTU);
            } else {
                new DataHeaderFlyweight(datagram)
                        .termOffset(random.nextInt(1 << 11) * 32)
                        .sessionId(sessionId)
                        .streamId(streamId)
                        .termId(0);
            }
            socket.send(new DatagramPacket(bytes, length, InetAddress.getLoopbackAddress(), hostilePort));
        }
    }

    // ---- what must hold

    private void replaceEnded() throws IOException, InterruptedException {
        for (Member member : members) {
            if (!member.process.isAlive()) {
                failed(member, "ended by itself");
                launch(member);
            }
        }
    }

    private void failed(Member member, String what) throws IOException {
        StringBuilder text = new StringBuilder(
                member.role.name() + "-" + member.starts + ", process " + member.process.pid() + ": " + what);
        if (!member.process.isAlive()) {
            text.append(", status ").append(member.process.exitStatus());
        }
        List<String> lines = Files.readAllLines(member.errors);
        Path crash = logs.resolve("hs_err_" + member.process.pid() + ".log");
        if (Files.exists(crash)) {
            text.append("\n  ").append(String.join("\n  ", headOfCrash(Files.readAllLines(crash))));
        }
        lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())
                .forEach(line -> text.append("\n  ").append(line));
        failures.add(text.toString());
        System.out.println("chaos: failure " + failures.size() + ": " + text);
    }

    /** The kind of the crash, and the stack of the thread that crashed. */
    private static List<String> headOfCrash(List<String> lines) {
        return Stream.concat(
                        lines.stream().filter(line -> line.startsWith("#")).limit(12),
                        lines.stream()
                                .dropWhile(line -> !line.startsWith("Native frames:")
                                        && !line.startsWith("Java frames:")
                                        && !line.startsWith("Current thread"))
                                .limit(40))
                .toList();
    }

    /** Each stream has to go on once nothing is done to it. */
    private void awaitFlow() throws Exception {
        List<Member> waiting = new ArrayList<>(members);
        Map<Member, Long> first = new HashMap<>();
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LiveHost.DEADLINE_S);
        while (!waiting.isEmpty() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(50_000_000);
            replaceEnded();
            for (Member member : List.copyOf(waiting)) {
                long frames = frames(member);
                long from = first.merge(member, frames, Math::min); // less: another process is in its place
                if (frames >= from + 20) {
                    waiting.remove(member);
                }
            }
        }
        for (Member member : waiting) {
            failed(
                    member,
                    "its stream does not go on after " + LiveHost.DEADLINE_S + " s; threads:\n  " + stacks(member));
        }
    }

    /** SIGQUIT has a JVM print the stacks of its threads on standard output. */
    private static String stacks(Member member) throws IOException, InterruptedException {
        member.process.signal("QUIT");
        LiveHost.await("the stacks of " + member.role.name(), () -> member.process.unreadLines().stream()
                .anyMatch(line -> line.startsWith("JNI global refs")));
        return String.join("\n  ", member.process.unreadLines());
    }

    private static long frames(Member member) throws InterruptedException {
        tell(member, "report");
        try {
            return Long.parseLong(member.process.await("frames"));
        } catch (AssertionError gone) {
            member.process.awaitExit();
            return 0; // it is replaced
        }
    }

    private void endAll() throws Exception {
        members.forEach(member -> tell(member, "end"));
        for (Member member : members) {
            if (!member.process.awaitExit()) {
                failed(member, "has not ended " + LiveHost.DEADLINE_S + " s after it was asked to");
                member.process.close();
            } else if (member.process.exitStatus() != 0) {
                failed(member, "did not end well");
            }
        }
        if (Files.exists(base)) {
            try (Stream<Path> files = Files.walk(base)) {
                List<Path> left = files.filter(file -> !file.equals(base)).toList();
                if (!left.isEmpty()) {
                    failures.add("left behind: " + left);
                }
            }
        }
        try (Stream<Path> files = Files.list(logs)) {
            List<Path> crashes = files.filter(
                            file -> file.getFileName().toString().startsWith("hs_err"))
                    .toList();
            if (!crashes.isEmpty() && failures.isEmpty()) {
                failures.add("crashed: " + crashes);
            }
        }
    }
}
