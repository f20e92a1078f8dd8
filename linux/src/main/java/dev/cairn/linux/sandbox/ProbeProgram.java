package dev.cairn.linux.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The smallest program that ends with 0: one ELF segment (elf(5)) with exit(0). A probe needs no
 * file of the host's then.
 */
final class ProbeProgram {
  private static final long BASE = 0x400000;
  private static final int HEADERS = 64 + 56;

  private ProbeProgram() {}

  static byte[] bytes() {
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    byte[] code =
        HexFormat.of()
            .parseHex(arm ? "000080d2" + "a80b80d2" + "010000d4" : "31ff" + "b83c000000" + "0f05");
    int size = HEADERS + code.length;
    var out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(HexFormat.of().parseHex("7f454c46020101000000000000000000"));
    out.putShort((short) 2).putShort((short) (arm ? 183 : 62)).putInt(1);
    out.putLong(BASE + HEADERS).putLong(64).putLong(0).putInt(0);
    out.putShort((short) 64).putShort((short) 56).putShort((short) 1);
    out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    out.putInt(1).putInt(5).putLong(0).putLong(BASE).putLong(BASE);
    out.putLong(size).putLong(size).putLong(0x1000);
    return out.put(code).array();
  }
}
