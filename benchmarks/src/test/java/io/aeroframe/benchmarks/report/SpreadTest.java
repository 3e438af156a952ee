package io.aeroframe.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void hasTheMiddleOfAnOddNumberOfRuns() {
        assertEquals(new Spread(3, 1, 90), Spread.of(90, 1, 3));
    }

    @Test
    void hasTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertEquals(new Spread(2.5, 1, 4), Spread.of(4, 2, 1, 3));
    }

    @Test
    void saysHowFarTheRunsWereApart() {
        assertEquals("2.5 (1.0-400)", Spread.of(400, 2, 1, 3).describe());
        assertEquals("7.0", Spread.of(7).describe());
    }
}
