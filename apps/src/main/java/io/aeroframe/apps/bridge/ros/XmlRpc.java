package io.aeroframe.apps.bridge.ros;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** XML-RPC as ROS uses it: strings, integers and arrays, which are {@code String}, {@code Integer} and {@code List}. */
final class XmlRpc {

    private static final int TIMEOUT_MS = 2_000;
    private static final int MAX_LENGTH = 1 << 20;

    private XmlRpc() {}

    /**
     * A call.
     *
     * @param method     the name of the method.
     * @param parameters its parameters.
     */
    record Call(String method, List<Object> parameters) {}

    /**
     * Calls a method.
     *
     * @return what it returned.
     * @throws IOException if the server does not answer within 2 s, or with something else.
     */
    static Object call(URI server, String method, Object... parameters) throws IOException {
        StringBuilder text =
                new StringBuilder("<?xml version=\"1.0\"?><methodCall><methodName>" + method + "</methodName><params>");
        for (Object parameter : parameters) {
            text.append("<param><value>");
            append(text, parameter);
            text.append("</value></param>");
        }
        byte[] request = text.append("</params></methodCall>").toString().getBytes(StandardCharsets.UTF_8);
        HttpURLConnection connection = (HttpURLConnection) server.toURL().openConnection();
        try {
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "text/xml");
            connection.setFixedLengthStreamingMode(request.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(request);
            }
            try (InputStream in = connection.getInputStream()) {
                Element root = parse(in);
                List<Object> values = params(root);
                if (values.isEmpty()) {
                    throw new IOException(server + ": " + method + " failed: "
                            + root.getTextContent().strip());
                }
                return values.get(0);
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Reads a call that was received. */
    static Call readCall(InputStream in) throws IOException {
        Element root = parse(in);
        String method = "";
        for (Node node = root.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals("methodName")) {
                method = node.getTextContent().strip();
            }
        }
        return new Call(method, params(root));
    }

    /** Returns the text of an answer. */
    static byte[] answer(Object value) {
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\"?><methodResponse><params><param><value>");
        append(text, value);
        return text.append("</value></param></params></methodResponse>")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder text, Object value) {
        if (value instanceof Integer number) {
            text.append("<int>").append(number).append("</int>");
        } else if (value instanceof List<?> list) {
            text.append("<array><data>");
            for (Object item : list) {
                text.append("<value>");
                append(text, item);
                text.append("</value>");
            }
            text.append("</data></array>");
        } else {
            text.append("<string>")
                    .append(value.toString()
                            .replace("&", "&amp;")
                            .replace("<", "&lt;")
                            .replace(">", "&gt;"))
                    .append("</string>");
        }
    }

    /** Neither document types nor external entities. */
    private static Element parse(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_LENGTH + 1);
        if (bytes.length > MAX_LENGTH) {
            throw new IOException("an XML-RPC message of more than " + MAX_LENGTH + " bytes");
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null); // it would print
            return builder.parse(new ByteArrayInputStream(bytes)).getDocumentElement();
        } catch (ParserConfigurationException | SAXException ex) {
            throw new IOException("not an XML-RPC message: " + ex.getMessage(), ex);
        }
    }

    private static List<Object> params(Element root) {
        List<Object> values = new ArrayList<>();
        for (Element params : children(root, "params")) {
            for (Element param : children(params, "param")) {
                children(param, "value").forEach(value -> values.add(value(value)));
            }
        }
        return values;
    }

    private static Object value(Element value) {
        for (Node node = value.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element typed) {
                return switch (typed.getTagName()) {
                    case "int", "i4", "boolean" ->
                        integer(typed.getTextContent().strip());
                    case "array" -> array(typed);
                    default -> typed.getTextContent();
                };
            }
        }
        return value.getTextContent();
    }

    private static Object integer(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException ex) {
            return text;
        }
    }

    private static List<Object> array(Element array) {
        List<Object> values = new ArrayList<>();
        for (Element data : children(array, "data")) {
            children(data, "value").forEach(value -> values.add(value(value)));
        }
        return values;
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
