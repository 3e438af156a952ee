package io.aeroframe.benchmarks.plot;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import io.aeroframe.benchmarks.plot.Results.Result;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * Writes charts to files, with the machine, versions and commands printed below: a picture is often shown without the
 * page that it belongs to.
 */
final class ChartFile {

    private static final int SCALE = 2;
    private static final int MARGIN = 20;
    private static final int LINE_HEIGHT = 17;

    /** Not 12: VectorGraphics2D does not write that size, and SVG's default is 16. */
    private static final int FOOTER_SIZE = 13;

    private static final int MAX_COMMANDS = 4;
    private static final Color FOOTER = new Color(0x555555);

    private final List<String> footer = new ArrayList<>();

    /**
     * Creates the footer of a picture.
     *
     * @param machines the machines that the figures come from
     * @param results  the results that are drawn
     */
    ChartFile(Collection<String> machines, Collection<Result> results) {
        footer.addAll(machines);
        Set<String> commands = results.stream()
                .map(Result::command)
                .filter(command -> !command.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        commands.stream().limit(MAX_COMMANDS).forEach(command -> footer.add("$ " + command));
        if (commands.size() > MAX_COMMANDS) {
            footer.add("and " + (commands.size() - MAX_COMMANDS) + " more such commands");
        }
    }

    /**
     * Writes a chart as PNG and SVG.
     *
     * @param directory the directory to write to
     * @param name      the name of the files, without extension
     * @return the files
     * @throws IOException if they cannot be written
     */
    List<Path> write(Chart<?, ?> chart, Path directory, String name) throws IOException {
        int height = ChartStyle.HEIGHT + footer.size() * LINE_HEIGHT + MARGIN;
        Path png = directory.resolve(name + ".png");
        BufferedImage image = new BufferedImage(SCALE * ChartStyle.WIDTH, SCALE * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.scale(SCALE, SCALE);
        draw(graphics, chart, height);
        graphics.dispose();
        ImageIO.setUseCache(false);
        try (OutputStream out = Files.newOutputStream(png)) {
            ImageIO.write(image, "png", out);
        }
        Path svg = directory.resolve(name + ".svg");
        VectorGraphics2D vectors = new VectorGraphics2D();
        draw(vectors, chart, height);
        try (OutputStream out = Files.newOutputStream(svg)) {
            Processors.get("svg")
                    .getDocument(vectors.getCommands(), new PageSize(0, 0, ChartStyle.WIDTH, height))
                    .writeTo(out);
        }
        return List.of(png, svg);
    }

    private void draw(Graphics2D graphics, Chart<?, ?> chart, int height) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, ChartStyle.WIDTH, height);
        chart.paint(graphics, ChartStyle.WIDTH, ChartStyle.HEIGHT);
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(FOOTER);
        graphics.setFont(ChartStyle.font(Font.PLAIN, FOOTER_SIZE));
        FontMetrics metrics = graphics.getFontMetrics();
        int y = ChartStyle.HEIGHT + LINE_HEIGHT - metrics.getDescent();
        for (String line : footer) {
            graphics.drawString(fit(line, metrics), MARGIN, y);
            y += LINE_HEIGHT;
        }
    }

    private static String fit(String line, FontMetrics metrics) {
        int room = ChartStyle.WIDTH - 2 * MARGIN;
        if (metrics.stringWidth(line) <= room) {
            return line;
        }
        int end = line.length();
        while (end > 0 && metrics.stringWidth(line.substring(0, end) + " …") > room) {
            end--;
        }
        return line.substring(0, end) + " …";
    }
}
