/**
 * The meaning of a text: its rows, header first, with ¦ between the cells.
 * The facts come from csv-spectrum and Papa Parse's own cases, and from pandas if both are silent.
 */
export const FACTS: readonly (readonly [name: string, text: string, rows: readonly string[]])[] = [
  // csv-spectrum
  [
    'a comma in quotes',
    'first,last,address\nJane,Roe,"12 Elm St, Apt 3"\n',
    ['first¦last¦address', 'Jane¦Roe¦12 Elm St, Apt 3'],
  ],
  ['empty cells, quoted', 'a,b,c\n1,"",""\n2,3,4\n', ['a¦b¦c', '1¦¦', '2¦3¦4']],
  ['empty cells, quoted, CRLF', 'a,b,c\r\n1,"",""\r\n2,3,4\r\n', ['a¦b¦c', '1¦¦', '2¦3¦4']],
  ['escaped quotes', 'a,b\n1,"ha ""ha"" ha"\n3,4\n', ['a¦b', '1¦ha "ha" ha', '3¦4']],
  [
    'JSON in a cell',
    'key,val\n1,"{""type"": ""Point"", ""at"": [1.5, 0]}"\n',
    ['key¦val', '1¦{"type": "Point", "at": [1.5, 0]}'],
  ],
  [
    'line ends in quotes',
    'a,b,c\n1,2,3\n"Once upon\na time",5,6\n7,8,9\n',
    ['a¦b¦c', '1¦2¦3', 'Once upon\na time¦5¦6', '7¦8¦9'],
  ],
  [
    'line ends in quotes, CRLF',
    'a,b,c\r\n1,2,3\r\n"Once upon\r\na time",5,6\r\n',
    ['a¦b¦c', '1¦2¦3', 'Once upon\r\na time¦5¦6'],
  ],
  ['quotes and line ends', 'a,b\n1,"ha\n""ha""\nha"\n3,4\n', ['a¦b', '1¦ha\n"ha"\nha', '3¦4']],
  ['quoted names and commas in them', '"lat,lng",n\n"1.5,2.5",x\n', ['lat,lng¦n', '1.5,2.5¦x']],
  ['CRLF', 'a,b\r\n1,2\r\n', ['a¦b', '1¦2']],
  ['letters beyond ASCII', 'a,b\n1,ʤ\n4,🌞\n', ['a¦b', '1¦ʤ', '4¦🌞']],
  // Papa Parse
  ['no line end at the end', 'a,b\n1,2', ['a¦b', '1¦2']],
  ['blanks around unquoted cells', 'a,b\n  1 ,  2 \n', ['a¦b', '  1 ¦  2 ']],
  ['blanks inside quotes', 'a,b\n" 1 ",2\n', ['a¦b', ' 1 ¦2']],
  ['a blank between quote and comma', 'a,b\n"1" ,"2" \n', ['a¦b', '1¦2']],
  ['a quote in the middle of a cell', 'a,b\n1" x,2"2\n', ['a¦b', '1" x¦2"2']],
  ['quotes at the end of an unquoted cell', 'a,b\n1",2\n', ['a¦b', '1"¦2']],
  ['a quoted cell after blanks', 'a,b\n "1",2\n', ['a¦b', ' "1"¦2']],
  ['quotes around a comma', 'a,b\n"1"",""x",2\n', ['a¦b', '1","x¦2']],
  ['quotes on the right of a comma', 'a,b\n"1,""x",2\n', ['a¦b', '1,"x¦2']],
  ['quotes on the left of a comma', 'a,b\n"1"",x",2\n', ['a¦b', '1",x¦2']],
  ['five quotes in a row', 'a,b\n"1"""",""x",2\n', ['a¦b', '1"","x¦2']],
  ['quotes at both ends of a cell', 'a,b\n"""1""",2\n', ['a¦b', '"1"¦2']],
  ['nothing but an escaped quote', 'a,b\n"""",""\n', ['a¦b', '"¦']],
  ['an empty first cell', 'a,b\n,2\n', ['a¦b', '¦2']],
  ['an empty last cell', 'a,b\n1,', ['a¦b', '1¦']],
  ['only empty cells', 'a,b,c\n,,\n', ['a¦b¦c', '¦¦']],
  ['tabs', 'a\tb\n1\t2,5\n', ['a¦b', '1¦2,5']],
  ['bars', 'a|b\n1|2\n', ['a¦b', '1¦2']],
  ['semicolons', 'a;b\n1,5;2\n', ['a¦b', '1,5¦2']],
  ['CR', 'a,b\r1,2\r"3",4', ['a¦b', '1¦2', '3¦4']],
  ['CR in quotes if LF ends the rows', 'a,b\n"1\rx","2\r"\n3,4\n', ['a¦b', '1\rx¦2\r', '3¦4']],
  ['LF in quotes if CR ends the rows', 'a,b\r"1\nx",2\r', ['a¦b', '1\nx¦2']],
  ['letters beyond ASCII after quotes', 'a,b\n"x",1\né,2\n"y",3\n', ['a¦b', 'x¦1', 'é¦2', 'y¦3']],
  ['separators of other alphabets', 'a,b\n1\u2028,2\u0085\n', ['a¦b', '1\u2028¦2\u0085']],
  ['quotes in the middle of cells, CRLF', 'a,b\r\n5" x,1\r\n6" y,2\r\n', ['a¦b', '5" x¦1', '6" y¦2']],
  // pandas
  ['LF, CRLF and CR in one file', 'a,b\n1,2\r\n"3",4\r5,6\r\r\n7,8', ['a¦b', '1¦2', '3¦4', '5¦6', '7¦8']],
  ['blank lines', '\n \na,b\n\n1,2\r\n\r\n  \n3,4\n\n', ['a¦b', '1¦2', '3¦4']],
  ['a byte order mark', '\uFEFF"a",b\n1,2', ['a¦b', '1¦2']],
  ['names that every object has', '__proto__,constructor\n1,0\n', ['__proto__¦constructor', '1¦0']],
  ['a comma in a cell between semicolons, and no other', 'a;b\nx,y;z\n', ['a¦b', 'x,y¦z']],
];
