package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of a picture.
 *
 * @param width  the width in pixels.
 * @param height the height in pixels.
 */
public record PictureSize(int width, int height) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*[xX*:\u00d7]\\s*(\\d{1,9})");

    private static final Map<String, PictureSize> NAMES = Map.ofEntries(
            Map.entry("qvga", new PictureSize(320, 240)),
            Map.entry("vga", new PictureSize(640, 480)),
            Map.entry("svga", new PictureSize(800, 600)),
            Map.entry("xga", new PictureSize(1024, 768)),
            Map.entry("720p", new PictureSize(1280, 720)),
            Map.entry("hd", new PictureSize(1280, 720)),
            Map.entry("hd720", new PictureSize(1280, 720)),
            Map.entry("1080p", new PictureSize(1920, 1080)),
            Map.entry("fhd", new PictureSize(1920, 1080)),
            Map.entry("hd1080", new PictureSize(1920, 1080)),
            Map.entry("1440p", new PictureSize(2560, 1440)),
            Map.entry("2160p", new PictureSize(3840, 2160)),
            Map.entry("uhd", new PictureSize(3840, 2160)),
            Map.entry("4k", new PictureSize(3840, 2160)),
            Map.entry("4320p", new PictureSize(7680, 4320)),
            Map.entry("8k", new PictureSize(7680, 4320)));

    /**
     * Reads a size as people write it: {@code 640x480}, also with {@code *}, {@code :} or a multiplication sign, or a
     * name such as {@code 720p}, {@code vga} or {@code 4k}.
     *
     * @param text the size.
     * @return the size, each side within 1 to {@link FrameFormat#MAX_DIMENSION}.
     * @throws IllegalArgumentException if it is not a size; the message begins with the text.
     */
    public static PictureSize parse(String text) {
        PictureSize named = NAMES.get(text.strip().toLowerCase(Locale.ROOT));
        if (named != null) {
            return named;
        }
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not WIDTHxHEIGHT, such as 640x480, or 720p");
        }
        PictureSize size = new PictureSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        int max = FrameFormat.MAX_DIMENSION;
        if (size.width < 1 || size.width > max || size.height < 1 || size.height > max) {
            throw new IllegalArgumentException("'" + text + "' is not within 1x1 to " + max + "x" + max);
        }
        return size;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
