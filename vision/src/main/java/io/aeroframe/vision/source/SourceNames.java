package io.aeroframe.vision.source;

import io.aeroframe.vision.internal.Secrets;

/** Addresses as they may be shown: passwords and tokens are left out, wherever in an address they are. */
public final class SourceNames {

    private SourceNames() {}

    /**
     * A source as it may be shown.
     *
     * @param spec the specification as on the command line.
     * @return without the user and password of an address, the values of its query, and what its path calls a secret;
     *     unchanged if it is not an address.
     */
    public static String shown(String spec) {
        return PictureList.isExisting(spec) ? spec : Secrets.hiddenInAddress(spec);
    }
}
