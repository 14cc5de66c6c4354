<?php
/**
 * Installs WordPress and fills it: 300 posts, 1,200 threaded comments, pages, drafts, private and protected posts, media.
 * Usage: php content.php FOLDER
 */
define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'FEEDKEEP_WP_HOME' ), PHP_URL_HOST );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/image.php';

add_filter( 'pre_wp_mail', '__return_true' );
wp_install( 'Back Row Diary', 'editor', 'editor@backrow.example', true, '', 'for a test' );
update_option( 'permalink_structure', '/%year%/%monthnum%/%postname%/' );
update_option( 'timezone_string', 'Europe/Berlin' );
update_option( 'comment_moderation', 0 );
update_option( 'thread_comments_depth', 10 ); // deeper answers are shown as answers to somebody else
update_option( 'page_comments', 1 );
update_option( 'comments_per_page', 50 );
update_option( 'posts_per_rss', 10 );
if ( wp_get_themes() ) {
	switch_theme( array_key_first( wp_get_themes() ) );
}
wp_delete_post( 1, true );
wp_delete_post( 2, true );
wp_delete_post( 3, true );
wp_defer_term_counting( true );
wp_defer_comment_counting( true );

$begun = strtotime( '2012-01-01 20:15:00 UTC' );
$day   = 86400;
$film  = wp_insert_term( 'Films', 'category' );
$silent = wp_insert_term( 'Silent films', 'category', array( 'parent' => $film['term_id'], 'description' => 'Before the talkies' ) );
$critic = wp_insert_user( array( 'user_login' => 'ada', 'user_pass' => 'x', 'display_name' => 'Ada Marsh', 'role' => 'author', 'description' => 'Third row, left' ) );

function made( $number, $when, $more = array() ) {
	global $critic, $film, $silent;
	return wp_insert_post(
		wp_slash(
			$more + array(
				'post_title'    => "Film no. $number & “Other” Ätna",
				'post_name'     => "film-$number",
				'post_content'  => "<p>The picture number $number was <em>long</em>.</p>\n\n<p>And it rained.</p>",
				'post_excerpt'  => $number % 7 ? '' : "In short: $number",
				'post_status'   => 'publish',
				'post_author'   => $number % 3 ? 1 : $critic,
				'post_date_gmt' => gmdate( 'Y-m-d H:i:s', $when ),
				'post_date'     => get_date_from_gmt( gmdate( 'Y-m-d H:i:s', $when ) ),
				'post_category' => array( $number % 5 ? $film['term_id'] : $silent['term_id'] ),
				'tags_input'    => array( 'seen', 'year ' . ( $number % 4 ) ),
			)
		),
		true
	);
}

function said( $post, $number, $when, $parent = 0, $approved = 1 ) {
	return wp_insert_comment(
		array(
			'comment_post_ID'      => $post,
			'comment_author'       => "Viewer $number",
			'comment_author_email' => "viewer$number@mail.example",
			'comment_author_url'   => $number % 4 ? '' : "https://viewer$number.example/",
			'comment_author_IP'    => '192.0.2.7',
			'comment_content'      => "Comment $number: I saw <em>another</em> film.",
			'comment_date_gmt'     => gmdate( 'Y-m-d H:i:s', $when ),
			'comment_date'         => get_date_from_gmt( gmdate( 'Y-m-d H:i:s', $when ) ),
			'comment_parent'       => $parent,
			'comment_approved'     => $approved,
		)
	);
}

$posts = array();
for ( $number = 1; $number <= 300; $number++ ) {
	$posts[] = made( $number, $begun + $number * $day );
}
// Two posts have a long conversation, forty a middling one, and the others share the rest.
$left = 1200;
foreach ( array( 0 => 120, 1 => 60 ) + array_fill( 2, 40, 12 ) + array_fill( 42, 180, 3 ) as $index => $many ) {
	$before = array();
	for ( $n = 0; $n < $many && $left > 0; $n++, $left-- ) {
		$parent   = $n % 3 ? $before[ intdiv( $n, 2 ) ] : 0;
		$before[] = said( $posts[ $index ], $left, $begun + $index * $day + 3600 * ( $n + 1 ), $parent );
	}
}
for ( $number = 0; $number < 5; $number++ ) {
	$page = made( 400 + $number, $begun + $number, array( 'post_type' => 'page', 'post_name' => "page-$number", 'comment_status' => 'open', 'post_category' => array(), 'tags_input' => array() ) );
	said( $page, 5000 + $number, $begun + $day );
}
foreach ( array( 'draft', 'private', 'pending' ) as $status ) {
	for ( $number = 0; $number < 3; $number++ ) {
		made( 500 + $number, $begun, array( 'post_status' => $status, 'post_name' => "$status-$number", 'post_title' => "Secret $status $number" ) );
	}
}
$protected = made( 600, $begun, array( 'post_name' => 'protected', 'post_password' => 'sesame', 'post_title' => 'Secret behind a word', 'post_content' => 'Hidden words' ) );
said( $protected, 6000, $begun + $day );
said( $posts[0], 7000, $begun + 9 * $day, 0, 0 );
said( $posts[0], 7001, $begun + 9 * $day, 0, 'spam' );
wp_defer_term_counting( false );
wp_defer_comment_counting( false );

$picture = imagecreatetruecolor( 40, 30 );
for ( $number = 0; $number < 4; $number++ ) {
	$folder = wp_upload_dir( '2012/01' );
	$file   = $folder['path'] . "/still-$number.png";
	imagepng( $picture, $file );
	$media = wp_insert_attachment( array( 'post_mime_type' => 'image/png', 'post_title' => "Still $number", 'post_status' => 'inherit', 'post_excerpt' => 'A still' ), $file, $posts[ $number ] );
	wp_update_attachment_metadata( $media, array( 'width' => 40, 'height' => 30, 'file' => "2012/01/still-$number.png", 'sizes' => array() ) );
	update_post_meta( $media, '_wp_attachment_image_alt', "Still $number of a film" );
	set_post_thumbnail( $posts[ $number ], $media );
}
flush_rewrite_rules();

// What the database knows: ids of public posts; public comments, each with the one that it answers; counts by post.
$public = $wpdb->get_results( "SELECT ID, guid, post_password, comment_count FROM $wpdb->posts WHERE post_status = 'publish' AND post_type IN ('post', 'page')", OBJECT_K );
$guids = wp_list_pluck( $public, 'guid' );
$comments = $hidden = array();
foreach ( $wpdb->get_results( "SELECT comment_ID, comment_post_ID, comment_parent FROM $wpdb->comments WHERE comment_approved = '1'" ) as $row ) {
	$guid = $guids[ $row->comment_post_ID ];
	$id   = "$guid#comment-$row->comment_ID";
	if ( $public[ $row->comment_post_ID ]->post_password ) {
		$hidden[] = $id;
	} else {
		$comments[ $id ] = $row->comment_parent ? "$guid#comment-$row->comment_parent" : '';
	}
}
echo wp_json_encode(
	array(
		'posts'    => array_values( $guids ),
		'comments' => $comments,
		'hidden'   => $hidden,
		'counts'   => array_map( 'intval', array_combine( array_values( $guids ), wp_list_pluck( $public, 'comment_count' ) ) ),
	)
);
