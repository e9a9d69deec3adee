package import Text

extension IPAddress {
    /// The IPv4 address that a mapped, compatible, translated (NAT64) or 6to4 address leads to.
    package var embedded: IPAddress? {
        guard family == .v6 else { return nil }
        let isCompatible = high == 0 && low >> 32 == 0 && low > 1
        let isTranslated = high == 0x0064_ff9b_0000_0000 && low >> 32 == 0
        if isIPv4Mapped || isCompatible || isTranslated {
            return IPAddress(v4: UInt32(truncatingIfNeeded: low))
        }
        return high >> 48 == 0x2002 ? IPAddress(v4: UInt32(truncatingIfNeeded: high >> 16)) : nil
    }
}
