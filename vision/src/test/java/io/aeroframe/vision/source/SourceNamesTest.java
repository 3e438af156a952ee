package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceNamesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            clip.mp4                                      | clip.mp4
            at 12:30 user@home?.mp4                       | at 12:30 user@home?.mp4
            rtsp://10.0.0.5/stream                        | rtsp://10.0.0.5/stream
            rtsp://10.0.0.5:554/live@hd                   | rtsp://10.0.0.5:554/live@hd
            rtsp://user@10.0.0.5/live                     | rtsp://10.0.0.5/live
            rtsp://user:word@10.0.0.5/live                | rtsp://10.0.0.5/live
            rtsp://user:p@ss/w:rd@10.0.0.5:554/live       | rtsp://10.0.0.5:554/live
            rtsp://user:123@10.0.0.5/live                 | rtsp://10.0.0.5/live
            http://10.0.0.5/a.m3u8?token=SECRET&x=1       | http://10.0.0.5/a.m3u8?...
            http://10.0.0.5/a?user=me@home:b              | http://10.0.0.5/a?...
            rtsp://h/user=me_password=SECRET_channel=1    | rtsp://h/user=me_password=..._channel=1
            https://h/token=SECRET/live.m3u8              | https://h/token=.../live.m3u8
            """)
    void secretsAreNotShown(String spec, String shown) {
        assertEquals(shown, SourceNames.shown(spec));
    }
}
