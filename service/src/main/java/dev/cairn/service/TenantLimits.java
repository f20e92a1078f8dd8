package dev.cairn.service;

/**
 * What a tenant may have at once. Checked in the transaction that would exceed it.
 *
 * @param queued builds that wait
 * @param running builds that run
 * @param weight its share of the builders beside others, from 1 to 100
 * @param uploads unfinished uploads
 * @param uploadBytes bytes of one upload
 * @param secrets stored secrets
 */
public record TenantLimits(
    int queued, int running, int weight, int uploads, long uploadBytes, int secrets) {

  /** When nothing else is configured. */
  public static final TenantLimits DEFAULT = new TenantLimits(1000, 8, 1, 256, 16L << 30, 1000);

  /**
   * @throws IllegalArgumentException if one is not positive or the weight is above 100
   */
  public TenantLimits {
    if (queued < 1 || running < 1 || uploads < 1 || uploadBytes < 1 || secrets < 1) {
      throw new IllegalArgumentException("a tenant's limits are positive numbers");
    }
    if (weight < 1 || weight > 100) {
      throw new IllegalArgumentException("a tenant's weight is 1 to 100, not " + weight);
    }
  }
}
