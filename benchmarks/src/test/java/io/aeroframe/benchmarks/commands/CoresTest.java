package io.aeroframe.benchmarks.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.vision.source.PictureSize;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class CoresTest {

    @Test
    void warnsOfMoreSpinningThreadsThanCores() {
        StringWriter err = new StringWriter();
        int readers = Runtime.getRuntime().availableProcessors() + 1;
        Plan plan = new StreamOptions(new PictureSize(64, 48), new FrameRate(60), 1).plan();
        Cores.warn(plan, readers, new PrintWriter(err));
        assertTrue(err.toString().contains(readers + " threads spin on " + (readers - 1) + " cores"), err::toString);

        StringWriter none = new StringWriter();
        Cores.warn(plan, readers - 1, new PrintWriter(none));
        assertEquals("", none.toString());
    }
}
