/// The array elements of one event that lie on fields' paths, and the leaves within them, in document order.
///
/// Only objects and arrays are elements: a scalar in a list belongs to what holds the list. Element 0 is the event
/// itself. Buffers are kept from event to event.
struct ElementTree {
    /// The enclosing element of each.
    private(set) var parent: [Int32] = []
    /// The array that each is an element of; the event itself is of array 0.
    private(set) var array: [Int32] = []
    private(set) var depth: [Int32] = []
    /// The number of leaves that had been seen when each was left.
    private(set) var end: [Int32] = []
    /// The numbers of leaves that had been seen when each array was entered and left.
    private(set) var arrayStart: [Int32] = []
    private(set) var arrayEnd: [Int32] = []
    /// The innermost element of each leaf.
    private(set) var leafElement: [Int32] = []
    /// The element that is open now.
    private(set) var current: Int32 = 0

    init() { clear() }

    mutating func clear() {
        parent.removeAll(keepingCapacity: true)
        array.removeAll(keepingCapacity: true)
        depth.removeAll(keepingCapacity: true)
        end.removeAll(keepingCapacity: true)
        arrayStart.removeAll(keepingCapacity: true)
        arrayEnd.removeAll(keepingCapacity: true)
        leafElement.removeAll(keepingCapacity: true)
        parent.append(-1)
        array.append(0)
        depth.append(0)
        end.append(.max)
        arrayStart.append(0)
        arrayEnd.append(.max)
        current = 0
    }

    mutating func addLeaf() { leafElement.append(current) }

    /// Enters an array and gives its number.
    mutating func enterArray() -> Int32 {
        arrayStart.append(Int32(leafElement.count))
        arrayEnd.append(.max)
        return Int32(arrayStart.count - 1)
    }

    mutating func leaveArray(_ number: Int32) { arrayEnd[Int(number)] = Int32(leafElement.count) }

    mutating func enterElement(of number: Int32) {
        parent.append(current)
        array.append(number)
        depth.append(depth[Int(current)] + 1)
        end.append(.max)
        current = Int32(parent.count - 1)
    }

    mutating func leaveElement() {
        end[Int(current)] = Int32(leafElement.count)
        current = parent[Int(current)]
    }

    /// The element around a leaf at the depth below `element`, nil if the leaf is directly in it.
    func child(of element: Int32, around leaf: Int32) -> Int32? {
        let wanted = depth[Int(element)] + 1
        var at = leafElement[Int(leaf)]
        guard depth[Int(at)] >= wanted else { return nil }
        while depth[Int(at)] > wanted { at = parent[Int(at)] }
        return at
    }
}
