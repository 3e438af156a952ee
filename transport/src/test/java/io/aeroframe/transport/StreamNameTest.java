package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class StreamNameTest {

    /** Names of one 32-bit stream id and different 64-bit hashes, found by a birthday search. */
    static final String COLLIDING_ONE = "camera_75778";

    static final String COLLIDING_OTHER = "camera_295941";

    /** Vectors of the authors' test suite. */
    @ParameterizedTest
    @CsvSource({"a, af63dc4c8601ec8c", "b, af63df4c8601f1a5", "foo, dcb27518fed9d577", "foobar, 85944171f73967e8"})
    void hashesAsFnv1a(String name, String hash) {
        assertEquals(Long.parseUnsignedLong(hash, 16), new StreamName(name).hash());
    }

    @Test
    void foldsTheHashToTheStreamId() {
        assertEquals(0x85944171 ^ 0xf73967e8, new StreamName("foobar").streamId());
    }

    @Test
    void theStreamIdIsNever0() {
        StreamName name = new StreamName("za9eo12x");
        assertEquals(0, (int) (name.hash() ^ (name.hash() >>> 32)), "a name whose hash folds to 0");
        assertEquals(1, name.streamId());
    }

    @Test
    void namesMayShareAStreamIdAndNotAHash() {
        StreamName one = new StreamName(COLLIDING_ONE);
        StreamName other = new StreamName(COLLIDING_OTHER);
        assertEquals(one.streamId(), other.streamId());
        assertNotEquals(one.hash(), other.hash());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " a", "a ", "a\tb", "a\nb", "\u0000", "a\u007f", "a\u0085b", "\u2003a"})
    void refusesNamesThatNobodyCanType(String name) {
        IllegalArgumentException ex = assertThrows(IllegalArgumentException.class, () -> new StreamName(name));
        assertTrue(
                ex.getMessage().startsWith("the stream name") || ex.getMessage().startsWith("stream name"));
        assertFalse(ex.getMessage().chars().anyMatch(Character::isISOControl), "one printable line");
    }

    @Test
    void refusesNull() {
        assertThrows(IllegalArgumentException.class, () -> new StreamName(null));
    }

    @Test
    void countsBytesOfUtf8() {
        assertEquals(255, new StreamName("a".repeat(255)).value().length());
        assertThrows(IllegalArgumentException.class, () -> new StreamName("a".repeat(256)));
        assertEquals(127, new StreamName("\u00e9".repeat(127)).value().length());
        IllegalArgumentException ex =
                assertThrows(IllegalArgumentException.class, () -> new StreamName("\u00e9".repeat(128)));
        assertEquals("stream name of 256 bytes is over the limit of 255: shorten it", ex.getMessage());
    }

    @Test
    void takesWhatPeopleWrite() {
        for (String name : new String[] {"camera_A", "/robot/arm left", "\u6444\u50cf\u673a", "a=b|c?d:e"}) {
            assertEquals(name, new StreamName(name).toString());
        }
    }
}
