package dev.cairn.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Decodes percent escapes (RFC 3986, section 2.1); what is not valid UTF-8 is refused. */
final class PercentDecoder {
  private PercentDecoder() {}

  /** Decodes one segment of a path: a plus sign is itself. */
  static String segment(String text) {
    return decode(text, false);
  }

  /** Decodes a name or value of a query: a plus sign is a space. */
  static String query(String text) {
    return decode(text, true);
  }

  private static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
      return text;
    }
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || !HexFormat.isHexDigit(text.charAt(i + 1))
            || !HexFormat.isHexDigit(text.charAt(i + 2))) {
          throw new ApiException(400, "the address holds a percent sign without two digits");
        }
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else if (c == '+' && plusIsSpace) {
        bytes.write(' ');
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    try {
      String decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString();
      if (decoded.indexOf('\0') >= 0) {
        throw new ApiException(400, "the address holds a NUL");
      }
      return decoded;
    } catch (CharacterCodingException e) {
      throw new ApiException(400, "the address is not valid UTF-8").cause(e);
    }
  }
}
