package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a terminal of any width gets to show. */
class StatusLineTest {

    private final AtomicInteger columns = new AtomicInteger();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final StatusLine line =
            new StatusLine(new PrintStream(written, true, StandardCharsets.UTF_8), true, columns::get);

    private String takeWritten() {
        String text = written.toString(StandardCharsets.UTF_8);
        written.reset();
        return text;
    }

    @Test
    void showsTheLongestTextThatFits() {
        columns.set(13);
        line.show(List.of("12345678901", "1234567890", "1"));
        assertEquals("\r1234567890", takeWritten());
    }

    @Test
    void cutsATextThatDoesNotFit() {
        columns.set(6);
        line.show("1234567890");
        assertEquals("\r123", takeWritten());
    }

    @Test
    void aTerminalOfUnknownWidthHas80Columns() {
        line.show("x".repeat(100));
        assertEquals("\r" + "x".repeat(77), takeWritten());
    }

    @Test
    void theRestOfALongerTextIsErased() {
        columns.set(80);
        line.show("1234567890");
        line.show("123");
        assertEquals("\r1234567890\r123       ", takeWritten());
    }

    @Test
    void isNotWiderThanATerminalThatHasBecomeNarrower() {
        columns.set(80);
        line.show("x".repeat(77));
        takeWritten();
        columns.set(40);
        line.show("1");
        assertEquals("\r1" + " ".repeat(36), takeWritten());
        columns.set(20);
        line.show("x".repeat(77));
        takeWritten();
        columns.set(10);
        line.clear();
        assertEquals("\r" + " ".repeat(9) + "\r", takeWritten());
    }

    @Test
    void aCharacterOfEastAsiaTakesTwoColumnsAndAnAccentNone() {
        columns.set(8);
        line.show("\u4e2d\u6587\u4e2d\u6587");
        assertEquals("\r\u4e2d\u6587", takeWritten());
        line.show("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301");
        assertEquals("\re\u0301e\u0301e\u0301e\u0301e\u0301", takeWritten());
    }

    @Test
    void aMessageReplacesTheLine() {
        columns.set(80);
        line.show("waiting");
        StringWriter err = new StringWriter();
        line.print(new PrintWriter(err), "aeroframe: a message");
        assertEquals("\rwaiting\r" + " ".repeat(9) + "\r", takeWritten());
        assertEquals("aeroframe: a message" + System.lineSeparator(), err.toString());
        line.clear();
        assertEquals("", takeWritten());
    }

    @Test
    void writesNothingWithoutATerminal() {
        StatusLine none = new StatusLine(new PrintStream(written, true, StandardCharsets.UTF_8), false, columns::get);
        none.show("waiting");
        none.clear();
        assertEquals("", takeWritten());
    }
}
