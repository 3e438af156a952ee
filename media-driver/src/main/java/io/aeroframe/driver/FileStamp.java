package io.aeroframe.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * What shows that a file was replaced or written, from one reading of its attributes.
 *
 * @param key      the key of the file; null where the file system has none.
 * @param length   the length in bytes.
 * @param modified when it was written last.
 */
record FileStamp(Object key, long length, FileTime modified) {

    /** Null if there is no such file, or none that can be read. */
    static FileStamp of(Path file) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new FileStamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        } catch (IOException ex) {
            return null; // gone, or as good as gone
        }
    }
}
