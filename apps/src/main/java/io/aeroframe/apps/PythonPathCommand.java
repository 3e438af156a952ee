package io.aeroframe.apps;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code aeroframe python-path}: where the Python package is. */
@Command(
        name = "python-path",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Print the directory with the Python package of this version.",
            "For use without installing it: export PYTHONPATH=$(aeroframe python-path)"
        })
final class PythonPathCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws URISyntaxException {
        Path jar = Path.of(PythonPathCommand.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path directory = jar.resolveSibling("../python").normalize();
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException(
                    "the Python package is not in " + directory + ": build it with mvn package");
        }
        spec.commandLine().getOut().println(directory);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
