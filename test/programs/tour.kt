// SPDX-License-Identifier: Apache-2.0
//
// A tour of Kotlin on WebAssembly: its objects are structs and arrays of the garbage collection
// proposal, its exceptions those with exnref. main runs in the export _initialize.
import kotlin.random.Random

sealed interface Shape { fun area(): Double }
data class Circle(val r: Double) : Shape { override fun area() = 3.141592653589793 * r * r }
data class Rect(val w: Double, val h: Double) : Shape { override fun area() = w * h }
object Unit0 : Shape { override fun area() = 1.0 }

class Failure(message: String, val code: Int) : Exception(message)

class Node<T : Comparable<T>>(val key: T) {
    var left: Node<T>? = null
    var right: Node<T>? = null
}

class Tree<T : Comparable<T>> : Iterable<T> {
    private var root: Node<T>? = null
    var size = 0
        private set

    fun add(key: T): Boolean {
        var at = root ?: run { root = Node(key); size++; return true }
        while (true) {
            val order = key.compareTo(at.key)
            if (order == 0) return false
            val next = if (order < 0) at.left else at.right
            if (next == null) {
                if (order < 0) at.left = Node(key) else at.right = Node(key)
                size++
                return true
            }
            at = next
        }
    }

    override fun iterator() = iterator { walk(root) }
    private suspend fun SequenceScope<T>.walk(node: Node<T>?) {
        if (node == null) return
        walk(node.left)
        yield(node.key)
        walk(node.right)
    }
}

fun parse(text: String): Int = text.trim().toInt()

fun risky(n: Int): Int {
    try {
        if (n % 3 == 0) throw Failure("three divides $n", n)
        if (n % 5 == 0) return parse("x$n")
        return n
    } finally {
        finals++
    }
}

var finals = 0
fun depth(n: Int): Int = if (n == 0) 0 else 1 + depth(n - 1)

fun main() {
    println("shapes " + listOf(Circle(2.0), Rect(3.0, 4.5), Unit0).joinToString { "${it::class.simpleName} ${it.area()}" })
    println(Circle(1.5) == Circle(1.5))
    println(Rect(1.0, 2.0).copy(h = 7.0))
    val words = "the quick brown fox jumps over the lazy dog the end".split(' ')
    println(words.groupingBy { it }.eachCount().toList().sortedWith(compareBy({ -it.second }, { it.first })).take(4))
    val random = Random(42)
    val tree = Tree<Int>()
    repeat(20000) { tree.add(random.nextInt(100000)) }
    println("tree ${tree.size} ${tree.take(5)} ${tree.zipWithNext().all { (a, b) -> a < b }}")
    var sum = 0
    val caught = HashMap<String, Int>()
    for (n in 1..3000) {
        try {
            sum += risky(n)
        } catch (failure: Failure) {
            caught["Failure"] = (caught["Failure"] ?: 0) + failure.code
        } catch (other: NumberFormatException) {
            caught["NumberFormat"] = (caught["NumberFormat"] ?: 0) + 1
        }
    }
    println("risky $sum $finals ${caught.toList().sortedBy { it.first }}")
    try {
        val any: Any = "text"
        println((any as List<*>).size)
    } catch (e: ClassCastException) {
        println("cast refused")
    }
    try {
        println(intArrayOf(1, 2, 3)[words.size])
    } catch (e: IndexOutOfBoundsException) {
        println("index refused")
    }
    val text = buildString { for (i in 0 until 2000) append(('a' + i % 26)).append(i) }
    println("${text.length} ${text.hashCode()} ${text.reversed().substring(0, 10)}")
    val garbage = (1..60).sumOf { i -> List(2000) { j -> "$i-$j" }.sumOf { it.length } }
    println("garbage $garbage")
    println("long ${Long.MAX_VALUE / 7} ${(-7).mod(3)} ${1.0 / 3} ${Float.MAX_VALUE} ${0.1f + 0.2f} ${Double.MIN_VALUE}")
    println("depth ${depth(5000)}")
    val fibs = generateSequence(1UL to 1UL) { (a, b) -> b to a + b }.map { it.first }.take(90).last()
    println("fib $fibs")
    println(runCatching { error("the end") })
    throw Failure("uncaught", 3)
}
