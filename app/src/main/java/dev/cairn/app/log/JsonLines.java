package dev.cairn.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.json.JsonMapper;

/**
 * A log event as one line of JSON: {@code at}, {@code level}, {@code logger}, {@code message}, then
 * the event's own keys, and {@code error} with the stack trace if there is one. Named in
 * logback-json.xml.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};

  private final JsonMapper mapper = JsonMapper.shared();

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("at", event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("level", event.getLevel().toString());
    line.put("logger", event.getLoggerName());
    line.put("message", String.valueOf(event.getFormattedMessage()));
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        line.putIfAbsent(pair.key, plain(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      line.put("error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(mapper.writeValueAsString(line).getBytes(StandardCharsets.UTF_8));
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /** Numbers and truths stay what they are; of everything else the log has the text. */
  private static Object plain(Object value) {
    return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
