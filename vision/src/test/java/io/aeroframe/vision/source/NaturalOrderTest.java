package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {

    @Test
    void countsAsPeopleDo() {
        List<String> expected = List.of(
                "1.png",
                "2.png",
                "10.png",
                "a.png",
                "B.png",
                "img1.png",
                "img2.png",
                "img02b.png",
                "img10.png",
                "img99999999999999999998.png",
                "img99999999999999999999.png");
        List<String> shuffled = new ArrayList<>(expected);
        Collections.reverse(shuffled);
        shuffled.sort(NaturalOrder.INSTANCE);
        assertEquals(expected, shuffled);
    }

    @Test
    void tellsApartWhatDiffersOnlyInCaseOrZeros() {
        assertNotEquals(0, NaturalOrder.INSTANCE.compare("a.png", "A.png"));
        assertNotEquals(0, NaturalOrder.INSTANCE.compare("a1.png", "a01.png"));
        assertEquals(0, NaturalOrder.INSTANCE.compare("a1.png", "a1.png"));
    }
}
