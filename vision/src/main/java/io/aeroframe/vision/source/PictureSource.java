package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.internal.NativeMemory;
import io.aeroframe.vision.jpeg.JpegHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Pictures from files: a file; or a directory or a glob, in natural name order; or a numbered name, by number.
 *
 * <p>Frames have the pictures' own sizes. Raw frames are BGR24, byte for byte what {@code cv2.imread(file)} gives,
 * turned upright if the camera noted so; or, if the native format is asked for, GRAY8, GRAY16, BGR24 or BGRA32 as the
 * file has it, upright too, and BGR24 where it has something else, which is reported once. JPEG files are
 * passed on as they are where the options allow it: as JPEG frames whose bytes are the file's, up to the end of the
 * image.
 *
 * <p>The size that is asked for decides only whether a JPEG file can be passed on; frames are resized elsewhere.
 *
 * <p>A picture among others that cannot be read is a {@link BadFrameException}, and left out from then on: the next
 * {@link #advance()} goes on with the one after it.
 */
final class PictureSource implements FrameSource {

    private final String spec;
    private final SourceOptions options;
    private final List<Path> files;
    private final Path only;
    private final int count;
    private final PictureFile file = new PictureFile();
    private final Mats mats = new Mats();
    private int next;
    private FrameFormat format;
    private Mat decoded;
    private ByteBuffer decodedBytes;
    private boolean isWritten;
    private boolean isLossReported;

    private PictureSource(String spec, SourceOptions options, List<Path> files) {
        this.spec = spec;
        this.options = options;
        this.files = new ArrayList<>(files);
        this.only = files.get(0);
        this.count = files.size();
    }

    /**
     * Whether a source specification names pictures: a directory or a file with the extension of a picture format; or,
     * where nothing has that name, a glob or a number to be filled in. To be asked after the prefixes of other sources
     * ({@code camera:}, {@code shm:}).
     *
     * @param spec the specification as on the command line.
     * @return true if {@link #open(String, SourceOptions)} is for it.
     */
    public static boolean handles(String spec) {
        if (PictureList.isExisting(spec)) {
            Path path = Path.of(spec);
            return Files.isDirectory(path) || PictureList.isPictureName(spec) && !isAnimation(path);
        }
        return !spec.contains("://")
                && (PictureList.isPictureName(spec) || PictureList.isGlob(spec) || NumberedPictures.isNumbered(spec));
    }

    private static boolean isAnimation(Path path) {
        try {
            return Files.isRegularFile(path) && PngChunks.isAnimated(path);
        } catch (IOException e) {
            return false; // as will be said when it is read
        }
    }

    /**
     * Lists the pictures. None is read before the first {@link #advance()}.
     *
     * @param spec    a file ({@code cat.jpg}; read whatever its extension), a directory ({@code shots/}; files in it
     *                that are not pictures by their extension, hidden files and directories are left out), a name with
     *                a number ({@code shots/%06d.png}), or a glob ({@code shots/*.png}).
     * @param options what is asked of the source.
     * @return a source to be closed.
     * @throws IOException              if there is no such file or no picture, or a directory cannot be read.
     * @throws IllegalArgumentException if the specification is empty or not a well-formed glob.
     */
    public static PictureSource open(String spec, SourceOptions options) throws IOException {
        List<Path> files = PictureList.of(spec);
        OpenCv.require();
        return new PictureSource(spec, options, files);
    }

    @Override
    public boolean advance() throws IOException {
        if (next == files.size()) {
            if (!options.loop()) {
                return false;
            }
            next = 0;
        }
        if (files.size() == 1 && format != null) {
            next++;
            return true; // the one picture of a loop is in memory
        }
        Path path = files.get(next);
        try {
            read(path);
        } catch (IOException e) {
            files.remove(next); // in a loop, too, it is named once
            if (files.isEmpty()) {
                throw e;
            }
            throw new BadFrameException(e.getMessage(), e);
        }
        next++;
        return true;
    }

    private void read(Path path) throws IOException {
        releaseDecoded();
        file.read(path);
        if (canBePassedOn()) {
            JpegHeader header = file.jpegHeader();
            setFormat(FrameFormat.jpeg(
                    header.width(), header.height(), header.components() == 1 ? PixelFormat.GRAY8 : PixelFormat.BGR24));
        } else {
            decode(path);
        }
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long presentationTimeNs() {
        return NO_TIME;
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        isWritten = true;
        if (decoded == null) {
            target.put(0, file.bytes(), 0, file.length());
            return file.length();
        }
        decoded.copyTo(mats.over(target, 0, format)); // of equal size and type, so in place
        return format.maxPayloadLength();
    }

    /**
     * How often the bytes of a frame are copied.
     *
     * @return 1: OpenCV decodes in memory of its own, and a JPEG file is read and checked before there is room for it;
     *     1 more if it was turned.
     */
    @Override
    public int copies() {
        boolean isTurned = decoded != null && file.orientation() != Orientation.UPRIGHT;
        return (isWritten ? 1 : 0) + (isTurned ? 1 : 0);
    }

    @Override
    public ByteBuffer inPlace() {
        return decoded == null ? null : decodedBytes;
    }

    @Override
    public double framesPerSecond() {
        return 0;
    }

    @Override
    public String describe() {
        String kind = format == null ? "picture" : format.describe();
        return count == 1 ? only + " (" + kind + ")" : spec + " (" + count + " pictures)";
    }

    @Override
    public void close() {
        releaseDecoded();
        mats.clear();
    }

    private boolean canBePassedOn() {
        JpegHeader header = file.jpegHeader();
        if (header == null || header.components() == 4 || file.orientation() != Orientation.UPRIGHT) {
            return false; // no subscriber has to know CMYK, nor which way is up
        }
        if (options.encoding() == SourceOptions.EncodingChoice.RAW
                || options.pixelFormat() != null && options.pixelFormat() != PixelFormat.BGR24
                || options.hasSize() && (options.width() != header.width() || options.height() != header.height())) {
            return false;
        }
        return file.length()
                <= FrameFormat.jpeg(header.width(), header.height()).maxPayloadLength();
    }

    private void decode(Path path) throws IOException {
        boolean isNative = options.pixelFormat() == null;
        decoded = file.decode(isNative ? Imgcodecs.IMREAD_UNCHANGED : Imgcodecs.IMREAD_COLOR);
        PixelFormat pixelFormat = pixelFormat(decoded.type());
        if (pixelFormat == null) { // 16-bit colour, floating point: what a frame cannot hold
            reportLoss(path, CvType.typeToString(decoded.type()));
            releaseDecoded();
            decoded = file.decode(Imgcodecs.IMREAD_COLOR);
            pixelFormat = PixelFormat.BGR24;
        }
        int width = decoded.cols();
        int height = decoded.rows();
        try {
            setFormat(FrameFormat.raw(pixelFormat, width, height));
            decodedBytes = NativeMemory.bytes(decoded.dataAddr(), format.maxPayloadLength());
        } catch (IllegalArgumentException e) {
            releaseDecoded();
            throw new IOException(
                    path + ": a picture of " + width + "x" + height + " pixels is too large for a frame ("
                            + e.getMessage() + ")",
                    e);
        }
    }

    private void reportLoss(Path path, String type) {
        if (!isLossReported && options.encoding() != SourceOptions.EncodingChoice.JPEG) {
            isLossReported = true;
            options.report()
                    .accept(path + ": its pixels are " + type
                            + ", which is converted to BGR24 and loses some accuracy");
        }
    }

    private static PixelFormat pixelFormat(int type) {
        if (type == CvType.CV_8UC1) {
            return PixelFormat.GRAY8;
        }
        if (type == CvType.CV_16UC1) {
            return PixelFormat.GRAY16;
        }
        if (type == CvType.CV_8UC3) {
            return PixelFormat.BGR24;
        }
        return type == CvType.CV_8UC4 ? PixelFormat.BGRA32 : null;
    }

    private void setFormat(FrameFormat current) {
        if (!current.equals(format)) {
            format = current;
        }
    }

    private void releaseDecoded() {
        if (decoded != null) {
            decodedBytes = null;
            decoded.release();
            decoded = null;
        }
    }
}
