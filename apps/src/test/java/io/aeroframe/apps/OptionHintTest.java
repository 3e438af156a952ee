package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.vision.sink.SinkException;
import io.aeroframe.vision.source.SourceException;
import java.io.IOException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class OptionHintTest {

    private static final StopSignal STOP = StopSignal.install();

    @AfterAll
    static void finish() {
        STOP.finished();
    }

    private static void assertOptionsExist(String hint) {
        CommandLine line = Main.commandLine(STOP);
        Stream<String> options =
                Pattern.compile("--[a-z-]+").matcher(hint).results().map(MatchResult::group);
        options.filter(option -> !option.equals("--shm-size")) // of Docker
                .forEach(option -> assertTrue(
                        line.getSubcommands().values().stream()
                                .anyMatch(command ->
                                        command.getCommandSpec().optionsMap().containsKey(option)),
                        option));
    }

    @ParameterizedTest
    @EnumSource(SourceException.Reason.class)
    void eachFailureOfASourceHasAnOptionThatHelps(SourceException.Reason reason) {
        String hint = OptionHint.of(new SourceException(reason, "broken"));
        assertTrue(hint.contains("--"), hint);
        assertOptionsExist(hint);
    }

    @ParameterizedTest
    @EnumSource(SinkException.Reason.class)
    void eachFailureOfASinkHasAnOptionThatHelps(SinkException.Reason reason) {
        String hint = OptionHint.of(new SinkException(reason, "broken"));
        assertTrue(hint.contains("--"), hint);
        assertOptionsExist(hint);
    }

    @Test
    void aLackOfSharedMemoryNamesDockersOption() {
        assertEquals(
                "docker run --shm-size 1g",
                OptionHint.of(new FrameDriverException(FrameDriverException.Reason.NO_ROOM, "full")));
        assertEquals("", OptionHint.of(new IOException("full")));
    }
}
