/// Who a file is: the head that all kinds share.
package struct Metadata: Sendable {
    /// Unique per kind in a repository: lower case, digits and `-`, 1 to 63 characters.
    package var name: Located<String>
    /// Who is asked when it misbehaves.
    package var owner: Located<String>?
    package var description: Located<String>?
}
